using System;
using System.Linq;
using ModelCompiler.Tests.Operators;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>
/// Operators that multiply, in Float8 and TensorFloat32, against the processor's: both round the same operands at the same places, so that
/// only the order of sums is another one. The simulator's products in 8 bits sum in fp32, as the processor's; those of a device keep fewer bits.
/// </summary>
public sealed class ProductsOnCudaTests : SimulatedTests
{
    /// <summary>Of the largest value: the order of at most 70 sums in fp32.</summary>
    const double OrderOfSums = 1e-5;

    public static TheoryData<string, string> Cases => ProductPrecision.NamesAndPrecisions;

    [Theory, MemberData(nameof(Cases))]
    public void Product_OnCuda_IsTheProcessors(string name, string precision)
    {
        ProductPrecision onCpu = ProductPrecision.Of(precision), onCuda = ProductPrecision.Of(precision, onCuda: true);
        foreach ((CaseRun cpu, CaseRun cuda) in onCpu.Runs(name).Zip(onCuda.Runs(name)))
            using (cpu)
            using (cuda)
            {
                Close(Doubles(cpu.Plain()), cuda.Plain(), Bound(name, precision));
                cpu.TrainedLoss();
                cuda.TrainedLoss();
                Assert.NotEmpty(cpu.Parameters);
                foreach ((string path, _) in cpu.Parameters) Close(Doubles(cpu.Gradient(path)), cuda.Gradient(path), Bound(name, precision));
            }
    }

    static double Bound(string name, string precision) => OrderOfSums;

    static double[] Doubles(float[] numbers) => Array.ConvertAll(numbers, x => (double)x);
}
