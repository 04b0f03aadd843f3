using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda;

/// <summary>Tensors of more than 2³¹ - 1 elements are for devices: the processor's kernels count in 32 bits, and its entry points say so.</summary>
public sealed class LargeTensorTests
{
    const string Model = """
        [Model, Dim("B", Max = 70000), Targets(Target.Cpu | Target.Cuda)]
        public sealed partial class Large
        {
            readonly Linear wide = new(6, 40000);

            [Loss]
            public Tensor Loss([Shape("B", "6")] Tensor x) => Mean(Mean(wide.Forward(x), 1), 0);
        }
        """;

    [Fact]
    public void LargeTensor_OfAModelForCuda_IsCompiled_AndRefusedOnTheProcessor()
    {
        GeneratorRun run = GeneratorRun.Once(GeneratorRun.Compilation(("Large.cs", Model)), out _);
        Assert.Empty(run.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        string surface = run.Files["Large.Surface.g.cs"];
        Assert.Contains("if (40000 * (long)B > int.MaxValue)", surface, StringComparison.Ordinal);
        Assert.Contains("train on Device.Cuda, or pass smaller ones.", surface, StringComparison.Ordinal);
        Assert.Contains("const nint row", run.Files["Large.CudaKernels.g.cs"], StringComparison.Ordinal);
    }

    /// <summary>The last block's threads count a little further than the elements.</summary>
    [Theory]
    [InlineData(53687, "nint")]     // 3,647 elements less than 2³¹ - 1
    [InlineData(53600, "int")]
    public void PlacesBehindTheLastElement_AreCountedToo(int batch, string index)
    {
        GeneratorRun run = GeneratorRun.Once(GeneratorRun.Compilation(("Large.cs", Model.Replace("70000", $"{batch}", StringComparison.Ordinal))), out _);
        Assert.Contains($"const {index} row", run.Files["Large.CudaKernels.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void LargeTensor_OfAModelForTheProcessor_IsAnError()
    {
        GeneratorRun run = GeneratorRun.Once(GeneratorRun.Compilation(("Large.cs", Model.Replace(", Targets(Target.Cpu | Target.Cuda)", "", StringComparison.Ordinal))), out _);
        Assert.Contains("MC4002", run.Diagnostics.Single(d => d.Severity == DiagnosticSeverity.Error).GetMessage(null), StringComparison.Ordinal);
    }
}
