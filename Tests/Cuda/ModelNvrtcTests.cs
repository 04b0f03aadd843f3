using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda;

/// <summary>Every kernel that is generated for a sample, and NVRTC 11.8: no warning, no spill, no local memory.</summary>
public sealed class ModelNvrtcTests
{
    static readonly Dictionary<string, string[]> Samples = new()
    {
        ["CharGpt"] = ["Samples/CharGpt/Model.cs", "Samples/CharGpt/Block.cs"],
        ["CharLstm"] = ["Samples/Lstm/Model.cs"],
        ["Digits"] = ["Samples/Digits/Model.cs", "Samples/Digits/DigitConvNet.cs"],
        ["FashionMnist"] = ["Samples/FashionMnist/Images.cs", "Samples/FashionMnist/LeNet.cs", "Samples/FashionMnist/AlexNet.cs", "Samples/FashionMnist/ResNet.cs",
            "Samples/FashionMnist/ResidualBlock.cs"],
    };

    public static TheoryData<string> Names => [.. Samples.Keys];

    [Theory, MemberData(nameof(Names))]
    public void KernelsOfASample_CompileWithoutSpills(string sample)
    {
        CudaRuntimeCompiler compiler = RealCompiler.OrSkip();
        IReadOnlyList<ModelKernels> models = ModelKernels.Of(Samples[sample]);
        Assert.Equal(sample switch { "Digits" => 2, "FashionMnist" => 3, _ => 1 }, models.Count);
        List<string> wrong = [];
        foreach (ModelKernels model in models)
            foreach (CudaComputeCapability capability in (CudaComputeCapability[])[new(8, 0), new(9, 0)])
            {
                CudaCode code = compiler.Compile(model.Model + ".cu", model.Text, capability, "--ptxas-options=-v");
                wrong.AddRange(code.Log.Split('\n').Where(l => l.Contains("warning", StringComparison.Ordinal)));
                IReadOnlyList<KernelReport> reports = KernelReport.Read(code.Log);
                Assert.Equal(model.Names.Order(StringComparer.Ordinal), reports.Select(r => r.Kernel).Order(StringComparer.Ordinal));
                wrong.AddRange(reports.Where(r => r.SpillBytes > 0 || r.StackBytes > 0 || r.SharedBytes > 48 * 1024).Select(r => $"{model.Model}: {r}"));
            }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
