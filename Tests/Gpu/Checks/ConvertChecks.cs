using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Cuda.Simulated;
using Xunit;

namespace ModelCompiler.Gpu.Checks;

/// <summary>Conversions between element types: to nearest, ties to even, which is exact.</summary>
static unsafe class ConvertChecks
{
    public static IEnumerable<CheckResult> Run(Func<string, bool> isAsked)
    {
        using var device = new LibraryDevice();
        (string Name, CudaDataType Type)[] types = [("float", CudaDataType.Float32), ("bf16", CudaDataType.BFloat16), ("f16", CudaDataType.Float16)];
        foreach ((string from, CudaDataType fromType) in types)
            foreach ((string to, CudaDataType toType) in types.Where(t => t.Type != fromType))
                if (isAsked($"convert: {from} to {to}"))
                    yield return KernelChecks.Measure("convert", $"{from} to {to}", () => Check(device, from, fromType, to, toType));
    }

    static void Check(LibraryDevice device, string from, CudaDataType fromType, string to, CudaDataType toType)
    {
        const int Length = 70_001, Threads = 256;
        var random = new Random(Length);
        double[] values = LibraryDevice.Rounded(fromType, [.. Enumerable.Range(0, Length).Select(i => i switch
        {
            0 => 0.0, 1 => -0.0, 2 => 1e-7, 3 => 65504, 4 => -1.00390625,
            _ => Math.ScaleB(2 * random.NextDouble() - 1, random.Next(-14, 15)),
        })]);
        ulong source = device.Store(fromType, values), target = device.Empty(toType, Length);
        long length = Length;
        void** arguments = stackalloc void*[] { &source, &target, &length };
        device.Library.Get("convert", "convert", "FROM=" + from, "TO=" + to).Launch(device.Stream, CudaLaunchShape.Of((Length + Threads - 1) / Threads, Threads), arguments);
        float[] actual = device.Read(toType, target, Length);
        double[] expected = LibraryDevice.Rounded(toType, values);
        for (int i = 0; i < Length; i++)
            Assert.True((float)expected[i] == actual[i], $"{values[i]} becomes {actual[i]} and not {expected[i]}");
        device.Free();
    }
}
