using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Generated;

/// <summary>Generated names: unique, defined where they are read, and out of the user's way.</summary>
public sealed partial class NamesTests
{
    const string Head = "namespace Demo;\n\n[Model, Dim(\"B\", Max = 8)]\npublic sealed partial class Net\n{\n    ";
    const string Layers = "readonly Linear up = new(6, 6);\n    ";
    const string Loss = "[Loss]\n    public Tensor Loss([Shape(\"B\", \"6\")] Tensor x) => Mean(Gelu(up.Forward(x)));\n";

    static IReadOnlyDictionary<string, string> FilesOf(string model) => GeneratorRun.Of(("Net.cs", model)).Files;

    [Fact]
    public void PathsThatSpellAlike_HaveOffsetsOfTheirOwn()
    {
        string offsets = FilesOf(Head + Layers + """
            readonly Tensor upWeight = Parameter.Ones(6), up_weight = Parameter.Ones(6);

                [Loss]
                public Tensor Loss([Shape("B", "6")] Tensor x)
                {
                    Tensor upWeight2 = up.Forward(x) * upWeight;
                    return Mean(upWeight2 * up_weight);
                }
            }
            """)["Demo.Net.Parameters.g.cs"];
        foreach (string name in new[] { "UpWeight", "UpWeight2", "UpWeight3" })
            Assert.Single(Regex.Matches(offsets, $@"const long {name} ="));
    }

    /// <summary>Each is a name of a private class, or of a type that generated code uses.</summary>
    [Theory]
    [InlineData("Kernels")]
    [InlineData("Buffers")]
    [InlineData("LossBuffers")]
    [InlineData("Offsets")]
    [InlineData("Rows")]
    [InlineData("Gemm")]
    [InlineData("Check")]
    [InlineData("Lanes")]
    [InlineData("Vector512")]
    [InlineData("Vectors")]
    [InlineData("VectorMath")]
    [InlineData("Math")]
    [InlineData("GC")]
    [InlineData("System")]
    public void MemberNamedLikeWhatGeneratedCodeUses_IsLeftAlone(string name)
    {
        FilesOf($"{Head}{Layers}const int {name} = 3;\n    public const int Twice = 2 * {name};\n    {Loss}}}");
        FilesOf($"{Head}{Layers}{Loss}    public Tensor {name}([Shape(\"B\", \"6\")] Tensor x) => up.Forward(x);\n}}");
    }

    [Theory]
    [InlineData("Kernels")]
    [InlineData("Rows")]
    [InlineData("Device")]
    [InlineData("Weights")]
    [InlineData("IWork")]
    [InlineData("MatrixView")]
    [InlineData("NoEpilogue")]
    [InlineData("ModelTrainer")]
    [InlineData("ModelSession")]
    [InlineData("ModelLayout")]
    [InlineData("ParameterLayout")]
    [InlineData("AdamW")]
    [InlineData("Span")]
    [InlineData("ReadOnlySpan")]
    [InlineData("AdamWUpdate")]
    public void TypeNamedLikeWhatGeneratedCodeUses_IsLeftAlone(string name)
    {
        string scores = $"    public Tensor Scores([Shape(\"B\", \"6\")] Tensor x) => up.Forward(x);\n}}\n\n";
        FilesOf($"{Head}{Layers}{Loss}{scores}public sealed class {name} {{ }}");
        FilesOf($"{Head}{Layers}public sealed class {name} {{ }}\n    {Loss}{scores}");
    }

    /// <summary>Names that kernels, their members, or the classes around them have.</summary>
    [Fact]
    public void VariablesNamedLikeGeneratedParts_Compile()
    {
        string[] names = ["run", "apply", "lanes", "vector512", "kernels", "buffers", "lossBuffers", "bytes", "rows", "row", "tile", "left", "add", "where", "value", "var", "field", "record", "length"];
        FilesOf(Head + Layers + Loss.Replace("=> Mean(Gelu(up.Forward(x)));", "\n    {\n"
            + string.Concat(names.Select((n, i) => $"        Tensor @{n} = Exp({(i == 0 ? "x" : "@" + names[i - 1])} - Max({(i == 0 ? "x" : "@" + names[i - 1])}, -1));\n"))
            + "        return Mean(up.Forward(length));\n    }", StringComparison.Ordinal) + "}");
    }

    /// <summary>Small dims are parameters, fields of kernels, and names a variable may have.</summary>
    /// <summary>Loop indices, the fields and locals of kernels, and the locals around a call.</summary>
    [Theory]
    [InlineData("layer", "row", "j")]
    [InlineData("first", "last", "tile")]
    [InlineData("tileRow", "column", "columns")]
    [InlineData("x", "xStart", "xStart2")]
    [InlineData("loss", "lossOfStep", "resultOfEntry")]
    [InlineData("both", "both1", "both2Start")]
    [InlineData("i", "at", "left")]
    public void ParametersNamedLikeGeneratedLocals_Compile(string a, string b, string c)
    {
        string inputs = string.Join(", ", new[] { a, b, c }.Select(n => $"[Shape(\"B\", \"6\")] Tensor {n}"));
        FilesOf($$"""
            {{Head}}readonly Linear[] layers = Repeat(3, () => new Linear(6, 6));

                Tensor Apply(Tensor x, Tensor scale, Tensor shift)
                {
                    foreach (Linear layer in layers) x = Tanh(layer.Forward(x)) * scale - shift;
                    return x;
                }

                public (Tensor, Tensor) Both({{inputs}}) => (Apply({{a}}, {{b}}, {{c}}), Softmax({{b}}));

                [Loss]
                public Tensor Loss({{inputs}}) => Mean(Apply({{a}}, {{b}}, {{c}}));
            }
            """);
    }

    [Fact]
    public void DimsNamedLikeVariables_Compile() => FilesOf("""
        namespace Demo;

        [Model, Dim("n", Max = 8), Dim("x", Max = 9)]
        public sealed partial class Net
        {
            readonly Linear up = new(6, 6);

            [Loss]
            public Tensor Loss([Shape("n", "x", "6")] Tensor input)
            {
                Tensor n = up.Forward(input), x = n - Max(n, -1), j = Exp(x) * n;
                return Mean(j);
            }
        }
        """);

    /// <summary>A reader follows each statement from the files alone: an operand is a result above, an argument, a parameter or a carried value.</summary>
    [Theory]
    [InlineData("CharGpt", "CharGpt")]
    [InlineData("Digits", "DigitClassifier")]
    public void EveryNameInAComment_IsDefined(string sample, string model)
    {
        string folder = Path.Combine(Repository.Root, "Samples", sample, "Generated");
        string text = File.ReadAllText(Path.Combine(folder, model + ".Forward.g.cs")) + File.ReadAllText(Path.Combine(folder, model + ".Backward.g.cs"));
        string parameters = File.ReadAllText(Path.Combine(folder, model + ".Parameters.g.cs"));
        HashSet<string> defined = [.. Offset().Matches(parameters).Select(m => char.ToLowerInvariant(m.Groups[1].Value[0]) + m.Groups[1].Value[1..]),
            .. Argument().Matches(text).Select(m => m.Groups[1].Value), .. Carried().Matches(text).SelectMany(m => Word().Matches(m.Value)).Select(m => m.Value)];
        HashSet<string> operations = ["sum", "max", "exp", "log", "rsqrt", "erf", "tanh", "where", "range", "matmul", "gather", "scatter_add", "attention", "attention_log_sum", "attention_query_gradient", "attention_key_gradient", "attention_value_gradient", "pad", "maximum", "as", "over", "and", "in", "place", "of", "T"];
        MatchCollection results = Result().Matches(text);
        Assert.True(results.Count > 20);
        defined.UnionWith(results.Select(r => r.Groups[1].Value));
        foreach (Match result in results)
            foreach (Match word in Word().Matches(Number().Replace(result.Groups[2].Value, "")))
                Assert.True(defined.Contains(word.Value) || operations.Contains(word.Value) || word.Value.Length == 1, $"{word.Value} in \"{result.Value.Trim()}\"");
    }

    /// <summary>Within one method a name stands for one value.</summary>
    [Theory]
    [InlineData("CharGpt", "CharGpt")]
    [InlineData("Digits", "DigitClassifier")]
    public void EveryNameInAComment_HasOneMeaning(string sample, string model)
    {
        string folder = Path.Combine(Repository.Root, "Samples", sample, "Generated");
        string text = File.ReadAllText(Path.Combine(folder, model + ".Forward.g.cs")) + File.ReadAllText(Path.Combine(folder, model + ".Backward.g.cs"));
        foreach (string method in Regex.Split(text, @"/// <summary>"))
            foreach (var name in Result().Matches(method).GroupBy(m => m.Groups[1].Value))
                Assert.True(name.Select(m => m.Value.Trim()).Distinct().Count() == 1, $"{name.Key} is {string.Join(" and ", name.Select(m => m.Value.Trim()).Distinct())}");
    }

    [GeneratedRegex(@"const long (\w+)")]
    private static partial Regex Offset();

    [GeneratedRegex(@"(?:int|float)\*? (\w+)[,)]")]
    private static partial Regex Argument();

    [GeneratedRegex(@"//   carries .*")]
    private static partial Regex Carried();

    [GeneratedRegex(@"//   (\w+) = (.*)")]
    private static partial Regex Result();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<![\w])\d+(\.\d+)?(e[+-]?\d+)?")]
    private static partial Regex Number();
}
