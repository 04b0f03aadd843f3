using System;
using System.Linq;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda;

/// <summary>Which models get cuBLASLt's epilogues: by what they compute, not by the words they say it in.</summary>
public sealed class EpilogueTextTests
{
    // What reads GELU's own result for its gradient computes that beside it.
    [Theory]
    [InlineData("Tensor y = GeluTanh(MatMul(x, w) + b);", true, true)]
    [InlineData("Tensor y = GeluTanh(MatMul(x, w));", true, true)]
    [InlineData("Tensor u = MatMul(x, w) + b; Tensor y = 0.5 * (u + u * Tanh(0.7978845608028654 * u * (1 + 0.044715 * (u * u))));", true, true)]
    [InlineData("Tensor u = MatMul(x, w) + b; Tensor e = Exp(-1.5957691216057308 * (u + 0.044715 * u * u * u)); Tensor y = u / (1 + e);", true, false)]
    [InlineData("Tensor y = Gelu(MatMul(x, w) + b);", false, false)]
    [InlineData("Tensor u = MatMul(x, w) + b; Tensor y = 0.5 * u * (1 + Tanh(0.7978845608028654 * (u + 0.04471 * u * u * u)));", false, false)]
    [InlineData("Tensor y = 2 * GeluTanh(MatMul(x, w) + b);", false, false)]
    public void Gelu_IsKnownByItsValues(string body, bool isGelu, bool hasGradient)
    {
        string text = Cuda(body);
        Assert.True(isGelu == text.Contains("MultiplyGelu(", StringComparison.Ordinal), text);
        Assert.True(hasGradient == text.Contains("MultiplyGeluGradient(", StringComparison.Ordinal), text);
    }

    [Fact]
    public void BiasGradient_IsAProductsWhereOneReadsTheSameGradient()
    {
        string text = Cuda("Tensor y = Relu(MatMul(x, w) + b);");
        Assert.Contains("MultiplyAndSum(", text, StringComparison.Ordinal);
        Assert.Contains("biasGradient: Gradients + Offsets.B", text, StringComparison.Ordinal);
        Assert.DoesNotContain("LaunchColumns(CudaKernels.DB,", text, StringComparison.Ordinal);
    }

    [Fact]
    public void BiasGradient_OfABiasReadTwice_IsAddedUpInAKernel()
    {
        string text = Cuda("Tensor y = Relu(MatMul(x, w) + b) + b;");
        Assert.DoesNotContain("biasGradient: Gradients + Offsets.B", text, StringComparison.Ordinal);
    }

    [Fact]
    public void BiasGradient_ThatALoopStartsFrom_IsComputedWhereItStands()
    {
        string text = Of("""
            [Model]
            public sealed partial class Scaled
            {
                readonly Tensor scale = Parameter.Normal(1, 24);

                public Tensor Forward(Tensor h) => h * scale;
            }

            [Model, Dim("N", Max = 8), Targets(Target.Cpu | Target.Cuda)]
            public sealed partial class M
            {
                readonly Tensor w = Parameter.Normal(0.3, 16, 24), start = Parameter.Normal(1, 1, 24);
                readonly Scaled[] layers = Repeat(3, () => new Scaled());

                [Loss]
                public Tensor Loss([Shape("N", "16")] Tensor x)
                {
                    Tensor h = start;
                    foreach (Scaled layer in layers) h = layer.Forward(h);
                    return Mean(Square(MatMul(x, w) + h));
                }
            }
            """);
        Assert.DoesNotContain("MultiplyAndSum(", text, StringComparison.Ordinal);
        Assert.Contains("LaunchColumns(", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_OfUnknownLength_AreNotKeptInSharedMemory()
    {
        string text = Of("""
            [Model, Dim("N", Max = 65536), Targets(Target.Cpu | Target.Cuda)]
            public sealed partial class M
            {
                readonly Tensor scale = Parameter.Normal(1, 1);

                [Loss]
                public Tensor Loss([Shape("4", "N")] Tensor x) => Mean(Square(Softmax(x * scale)));
            }
            """);
        Assert.DoesNotContain("LaunchWithShared(", text, StringComparison.Ordinal);
        Assert.Contains(", 512,", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_ThatOnePassReads_AreNotKeptInSharedMemory()
    {
        string text = Of("""
            [Model, Dim("N", Max = 8), Targets(Target.Cpu | Target.Cuda)]
            public sealed partial class M
            {
                readonly Tensor scale = Parameter.Normal(1, 20000);

                [Loss]
                public Tensor Loss([Shape("N", "20000")] Tensor x) => Mean(Sum(x * scale, -1));
            }
            """);
        Assert.DoesNotContain("LaunchWithShared(", text, StringComparison.Ordinal);
    }

    static string Cuda(string body) => Of($$"""
            [Model, Dim("N", Max = 8), Targets(Target.Cpu | Target.Cuda)]
            public sealed partial class M
            {
                readonly Tensor w = Parameter.Normal(0.3, 16, 24), v = Parameter.Normal(0.3, 24, 8), b = Parameter.Zeros(24);

                [Loss]
                public Tensor Loss([Shape("N", "16")] Tensor x)
                {
                    {{body}}
                    return Mean(Square(MatMul(y, v)));
                }
            }
            """);

    static string Of(string models)
    {
        GeneratorRun run = GeneratorRun.Of(("M.cs", "namespace Written;\n\n" + models));
        return run.Files.Single(f => f.Key.EndsWith("M.Cuda.g.cs", StringComparison.Ordinal)).Value;
    }
}
