using System;
using System.IO;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>The runtime's kernels are compiled once for each set of defines.</summary>
public sealed class KernelLibraryTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    static readonly string[] Defines = ["ELEMENT=float", "HEAD=16", "VALUE=16", "CAUSAL=0", "WINDOW=0", "LENGTHS=0", "DOCUMENTS=0", "BIAS=0", "DROPOUT=0", "VECTORS=1"];

    [Fact]
    public void Kernels_AreCompiledOnce_AndFoundWithoutAllocating()
    {
        using var library = new KernelLibrary(device.Context, device.Compiler);
        CudaKernel kernel = library.Get("attention_delta", "attention_delta", Defines);
        Assert.Equal("attention_delta", kernel.Name);
        Assert.Same(device.Context, library.Context);
        Assert.Same(kernel, library.Get("attention_delta", "attention_delta", 100_000, Defines));
        Assert.Equal(100_000, kernel.MaxDynamicSharedBytes);
        Assert.Same(kernel, library.Get("attention_delta", "attention_delta", 50_000, Defines));
        Assert.Equal(100_000, kernel.MaxDynamicSharedBytes);
        Assert.NotSame(kernel, library.Get("attention_delta", "attention_delta", ["ELEMENT=bf16", .. Defines[1..]]));
        Assert.Equal(0, Allocations.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            library.Get("attention_delta", "attention_delta", Defines);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
    }

    [Fact]
    public void WhatIsNotThere_IsNamed()
    {
        var library = new KernelLibrary(device.Context, device.Compiler);
        Assert.Contains("no_such.cu", Assert.Throws<FileNotFoundException>(() => library.Get("no_such", "kernel")).Message, StringComparison.Ordinal);
        Assert.Throws<CudaException>(() => library.Get("attention_delta", "other", Defines));
        Assert.Contains("ELEMENT", Assert.Throws<CudaCompilationException>(() => library.Get("attention_delta", "attention_delta")).Message, StringComparison.Ordinal);
        library.Dispose();
        library.Dispose();
        Assert.Throws<ObjectDisposedException>(() => library.Get("attention_delta", "attention_delta", Defines));
        ExpectsFindings = true;
    }

    [Fact]
    public void Includes_KeepTheLinesOfTheirFiles()
    {
        string text = KernelLibrary.TextOf("attention_forward");
        Assert.DoesNotContain("#include", text, StringComparison.Ordinal);
        int at = text.IndexOf("constexpr int tile_keys", StringComparison.Ordinal), marker = text.LastIndexOf("#line ", at, StringComparison.Ordinal);
        string[] own = File.ReadAllLines(Path.Combine(Repository.Root, "Runtime", "Cuda", "Kernels", "attention_forward.cu"));
        int line = Array.FindIndex(own, l => l.StartsWith("#include \"attention_tensor.cuh\"", StringComparison.Ordinal)) + 2;
        Assert.StartsWith($"#line {line} \"attention_forward.cu\"", text[marker..], StringComparison.Ordinal);
    }
}
