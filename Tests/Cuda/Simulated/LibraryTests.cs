using System;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>What tests of launchers share: element types, orders of threads, drawn numbers, the CPU's routines to compare with.</summary>
public abstract unsafe class LibraryTests(LibraryDevice device) : SimulatedTests, IClassFixture<LibraryDevice>
{
    public static TheoryData<CudaDataType> Elements => [CudaDataType.Float32, CudaDataType.BFloat16, CudaDataType.Float16];

    protected LibraryDevice Device => device;

    protected KernelLibrary Library => device.Library;

    protected CudaStream Stream => device.Stream;

    /// <summary>Numbers in [-1, 1), the same on every run.</summary>
    protected static double[] Draw(CudaDataType type, long count, int seed)
    {
        var random = new Random(seed);
        var values = new double[count];
        for (int i = 0; i < values.Length; i++) values[i] = 2 * random.NextDouble() - 1;
        return LibraryDevice.Rounded(type, values);
    }

    protected static float[] Floats(double[] values) => Array.ConvertAll(values, v => (float)v);

    /// <summary>Runs in every order of threads, and demands the same bits of all.</summary>
    /// <param name="run">Launches, and reads the result.</param>
    /// <returns>The result.</returns>
    protected static float[] InEveryOrder(Func<float[]> run)
    {
        float[]? first = null;
        foreach (string order in (string[])["forward", "reverse", "random", "interleaved"])
        {
            Simulator.Configure("MCSIM_ORDER", order);
            float[] now = run();
            first ??= now;
            Assert.Equal(first.Select(BitConverter.SingleToUInt32Bits), now.Select(BitConverter.SingleToUInt32Bits));
        }
        Simulator.Configure("MCSIM_ORDER", "forward");
        return first!;
    }

    /// <summary>Runs with every access of the kernels looked at.</summary>
    protected void Checked(Action run)
    {
        Simulator.Configure("MCSIM_CHECK", "1");
        device.Rebuild();
        try
        {
            run();
            Stream.Synchronize();
        }
        finally
        {
            Simulator.Configure("MCSIM_CHECK", "0");
            device.Rebuild();
        }
    }

    /// <summary>What a routine of the CPU computes of these numbers.</summary>
    protected static float[] OnCpu(long count, Action<WorkerPool, nint> run)
    {
        using var pool = new WorkerPool(1);
        var result = new float[count];
        fixed (float* first = result) run(pool, (nint)first);
        return result;
    }

    protected static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);
}
