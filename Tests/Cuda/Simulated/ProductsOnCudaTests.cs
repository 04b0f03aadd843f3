using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Operators;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>
/// Operators that multiply, in Float8 and TensorFloat32, against the processor's: both round the same operands at the same places, so that
/// only the order of sums is another one. The simulator sums products in 8 bits in fp32, as the processor does; a device keeps fewer bits.
/// </summary>
public sealed class ProductsOnCudaTests : SimulatedTests
{
    /// <summary>Of the largest value: sums of at most 144 products in fp32, in another order.</summary>
    const double OrderOfSums = 1e-5;

    public static TheoryData<string, string> Cases => ProductPrecision.NamesAndPrecisions;

    [Theory, MemberData(nameof(Cases))]
    public void Product_OnCuda_IsTheProcessors(string name, string precision)
    {
        ProductPrecision onCpu = ProductPrecision.Of(precision), onCuda = ProductPrecision.Of(precision, onCuda: true);
        // Attention rounds its weights as well before they meet the values, where it is on tensor cores.
        double bound = name == "Attention" ? onCuda.Unit(name, isGradient: true) : OrderOfSums;
        foreach ((CaseRun cpu, CaseRun cuda) in onCpu.Runs(name).Zip(onCuda.Runs(name)))
            using (cpu)
            using (cuda)
            {
                bool keepsDigits = onCuda.KeepsDigitsOnCuda(name, cuda);
                Close(keepsDigits ? cpu.EagerPlain().Data : Doubles(cpu.Plain()), cuda.Plain(), bound);
                cuda.TrainedLoss();
                IReadOnlyList<(string Path, double[] Expected)> gradients = keepsDigits ? Eager(cpu) : Compiled(cpu);
                Assert.True(gradients.Count >= 2);
                foreach ((string path, double[] expected) in gradients) Close(expected, cuda.Gradient(path), bound);
            }
    }

    static IReadOnlyList<(string Path, double[] Gradient)> Compiled(CaseRun run)
    {
        run.TrainedLoss();
        return [.. run.Parameters.Select(p => (p.Path, Doubles(run.Gradient(p.Path))))];
    }

    static IReadOnlyList<(string Path, double[] Gradient)> Eager(CaseRun run) =>
        [.. run.Parameters.Zip(ModelCompiler.Eager.Gradients(run.EagerLoss(), run.Parameters.Select(p => p.Tensor)), (p, g) => (p.Path, g.Data))];

    static double[] Doubles(float[] numbers) => Array.ConvertAll(numbers, x => (double)x);
}
