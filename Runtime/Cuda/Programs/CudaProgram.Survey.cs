using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cuda.Embedding;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>A program without a device, which a build makes to learn what kernels it will ask for.</content>
public abstract unsafe partial class CudaProgram
{
    readonly KernelSurvey? survey;

    /// <summary>Whether there is no device: kernels are noted, and nothing is launched or copied.</summary>
    private protected bool IsSurveying => survey is not null;

    /// <summary>Parameters or the like, of a device that is not there.</summary>
    private protected static float* Surveyed => (float*)SurveyedAddress(-1);

    /// <summary>Which kernel is taken may depend on whether there is an address, and on its alignment.</summary>
    static ulong SurveyedAddress(int place) => (ulong)(place + 2) << 40;

    /// <summary>Goes through all passes at many lengths, since some kernels differ by what a length is a multiple of.
    /// </summary>
    void Survey(CudaKernelText text, int passCount)
    {
        string name = text.Name + ".cu";
        survey!.Add(name, CudaPrelude.With(name, text.Text));
        survey.AddFile("program");
        for (int pass = 0; pass < passCount; pass++)
        {
            long[] largest = Largest(pass).ToArray();
            Record(pass, largest);
            foreach (long[] lengths in Lengths(largest))
            {
                try
                {
                    Record(pass, lengths);
                }
                catch (Exception refused) when (refused is ArgumentException or ArithmeticException
                    or InvalidOperationException)
                {
                    // The model has no pass of such lengths.
                }
            }
        }
    }

    /// <summary>Lengths besides the largest: all of them short, odd, even and multiples of 4 and 8, and each of them 1
    /// beside the largest of the others.</summary>
    internal static IEnumerable<long[]> Lengths(long[] largest)
    {
        foreach (long length in (long[])[1, 2, 3, 4, 8])
            yield return [.. largest.Select(most => Math.Min(most, length))];
        yield return [.. largest.Select(most => Math.Max(1, most - 1))];
        yield return [.. largest.Select(most => Math.Max(1, most / 2))];
        for (int i = 0; largest.Length > 1 && i < largest.Length; i++)
        {
            long[] one = [.. largest];
            one[i] = 1;
            yield return one;
        }
    }
}
