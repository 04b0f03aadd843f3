using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda;

/// <summary>The runtime's own kernels and NVRTC 11.8: no warning, no spill, and few enough registers for the blocks that are meant to run at once.</summary>
public sealed class LibraryKernelTests
{
    const string Causal = "CAUSAL=1 WINDOW=0 LENGTHS=0 DOCUMENTS=0 BIAS=0 DROPOUT=0 VECTORS=1", Masked = "CAUSAL=1 WINDOW=1 LENGTHS=1 DOCUMENTS=1 BIAS=0 DROPOUT=1 VECTORS=1",
        Biased = "CAUSAL=0 WINDOW=0 LENGTHS=1 DOCUMENTS=0 BIAS=1 DROPOUT=0 VECTORS=1";

    /// <summary>A file, its defines, and the most registers of its kernels, in the order of their names.</summary>
    static readonly (string File, string Defines, int[] Registers)[] Rows =
    [
        ("attention_forward", $"ELEMENT=bf16 HEAD=64 VALUE=64 {Causal}", [168]),
        ("attention_forward", $"ELEMENT=f16 HEAD=64 VALUE=64 {Causal}", [168]),
        ("attention_forward", $"ELEMENT=bf16 HEAD=128 VALUE=128 {Causal}", [255]),
        ("attention_forward", $"ELEMENT=f16 HEAD=128 VALUE=128 {Causal}", [255]),
        ("attention_forward", $"ELEMENT=float HEAD=64 VALUE=64 {Causal}", [208]),
        ("attention_forward", $"ELEMENT=bf16 HEAD=64 VALUE=64 {Masked}", [255]),
        ("attention_forward", $"ELEMENT=bf16 HEAD=128 VALUE=128 {Biased}", [255]),
        ("attention_forward_float", $"ELEMENT=float HEAD=64 VALUE=64 {Causal}", [128]),
        ("attention_forward_float", $"ELEMENT=float HEAD=128 VALUE=128 {Causal}", [128]),
        ("attention_backward", $"ELEMENT=bf16 HEAD=64 VALUE=64 {Causal}", [216, 168]),
        ("attention_backward", $"ELEMENT=f16 HEAD=64 VALUE=64 {Causal}", [216, 168]),
        ("attention_backward", $"ELEMENT=bf16 HEAD=128 VALUE=128 {Causal}", [255, 168]),
        ("attention_backward", $"ELEMENT=f16 HEAD=128 VALUE=128 {Causal}", [255, 168]),
        ("attention_backward", $"ELEMENT=float HEAD=64 VALUE=64 {Causal}", [168, 168]),
        ("attention_backward", $"ELEMENT=bf16 HEAD=64 VALUE=64 {Biased}", [255, 255, 200]),
        ("attention_backward_float", $"ELEMENT=float HEAD=64 VALUE=64 {Causal}", [128, 128]),
        ("attention_backward_float", $"ELEMENT=float HEAD=128 VALUE=128 {Causal}", [168, 168]),
        ("attention_delta", $"ELEMENT=bf16 HEAD=64 VALUE=64 {Causal}", [32]),
        ("attention_delta", $"ELEMENT=float HEAD=128 VALUE=128 {Causal}", [48]),
    ];

    public static TheoryData<int, int> Kernels => [.. Enumerable.Range(0, Rows.Length).SelectMany(i => (TheoryDataRow<int, int>[])[new(i, 8), new(i, 9)])];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Kernels_CompileWithoutSpillsBelowTheirCeilings(int row, int major)
    {
        (string file, string defines, int[] ceilings) = Rows[row];
        CudaCode code = RealCompiler.OrSkip().Compile(file + ".cu", KernelLibrary.TextOf(file), new(major, 0), [.. KernelLibrary.OptionsOf(defines.Split(' ')), "--ptxas-options=-v"]);
        Assert.DoesNotContain("warning", code.Log, StringComparison.Ordinal);
        KernelReport[] reports = [.. KernelReport.Read(code.Log).OrderBy(r => r.Kernel, StringComparer.Ordinal)];
        Assert.Equal(ceilings.Length, reports.Length);
        for (int i = 0; i < reports.Length; i++)
        {
            Assert.True(reports[i].SpillBytes == 0 && reports[i].StackBytes == 0, $"{file} {defines}: {reports[i]}");
            Assert.True(reports[i].Registers <= ceilings[i], $"{file} {defines}: {reports[i]} has more than {ceilings[i]} registers");
        }
    }
}
