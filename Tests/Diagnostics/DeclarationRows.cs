using System.Collections.Generic;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>MC0xxx and MC2xxx: mistakes of a declaration, and parameters that do nothing.</summary>
static class DeclarationRows
{
    const string Loss = "[Loss] public Tensor Loss([Shape(\"B\", \"6\")] Tensor x, [Shape(\"B\")] Tensor<int> ids) => CrossEntropy(final.Forward(x), ids);";
    const string Head = "[Model, Dim(\"B\", Max = 8)]\npublic sealed partial class Wrong\n{\n    readonly Linear final = new(6, 3);\n    ";

    public static IEnumerable<DiagnosticRow> All =>
    [
        DiagnosticRow.OfFile("MC0002", "class", $"[Model, Dim(\"B\", Max = 8)]\npublic sealed class [|Wrong|]\n{{\n    readonly Linear final = new(6, 3);\n    {Loss}\n}}",
            ["Wrong is a [Model] but not partial", "write partial class Wrong"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0003", "parameter", Head + "[Loss] public Tensor Loss([Shape(\"B\", \"6\")] Tensor x, Tensor<int> [|ids|]) => CrossEntropy(final.Forward(x), ids);\n}",
            ["ids has no shape", "Loss can be called from outside", "write [Shape(\"B\", …)] before ids"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0004", "two losses", Head + Loss + "\n    [Loss] public Tensor [|Other|]([Shape(\"B\", \"6\")] Tensor x) => Mean(Mean(x, 1), 0).Reshape();\n}",
            ["Wrong has two losses, Loss and Other", "add them up in one method, or keep [Loss] on one"]) with { HasSurface = false },
        Shape("dim nobody declared", "Q", "Q is no dim of Wrong (declared are B)", "add [Dim(\"Q\", Max = …)], or write a number"),
        Shape("no expression", "2 *", "\"2 *\" is no axis length", "write a number, a dim, or sums and products of them"),
        Shape("rest", "6 / 2", "\"6 / 2\" is no axis length", "\"/ 2\" is left over"),
        Shape("empty axis", "B - 1", "\"B - 1\" can be 0", "raise Min"),
        Dim("no bound", "\"B\"", "dim B has no Max", "write [Dim(\"B\", Max = …)]"),
        Dim("bounds in the wrong order", "\"B\", Min = 9, Max = 8", "dim B runs from 9 to 8", "Min must be from 1 to Max"),
        Dim("no multiple", "\"B\", Max = 8, Multiple = 3", "dim B is a multiple of 3, but its bounds 1 and 8 are not"),
        Dim("no name", "\"B C\", Max = 8", "\"B C\" is no name for a dim", "use an identifier such as \"B\""),
        DiagnosticRow.OfFile("MC0008", "inside another type", "public static partial class Outer\n{\n    [Model] public sealed partial class [|Inner|] { }\n}",
            ["Inner is a [Model] inside another type", "make it a plain class of a namespace"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0008", "type parameters", "[Model]\npublic sealed partial class [|Inner|]<T> { }",
            ["Inner is a [Model]", "with type parameters", "make it a plain class of a namespace"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0008", "two constructors", "[Model]\npublic sealed partial class Part\n{\n    public Part(int n) { }\n    public [|Part|](int n, int m) { }\n}",
            ["Part has 2 constructors", "give its parameters default values instead"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0008", "loss and constructor parameters",
            "[Model, Dim(\"B\", Max = 8)]\npublic sealed partial class Part(int n)\n{\n    [Loss] public Tensor [|Loss|]([Shape(\"B\")] Tensor x) => Mean(x * n, 0).Reshape();\n}",
            ["Part has constructor parameters and a [Loss]", "only a model without parameters can be trained on its own"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0009", "no optimizer", "[[|Optimizers(typeof(AdamW), typeof(string))|]]\n" + Head + Loss + "\n}",
            ["String is no optimizer", "typeof(AdamW), typeof(Sgd), typeof(Lion), typeof(Adafactor) or typeof(Muon)"]),
        DiagnosticRow.OfFile("MC0012", "number", Head + Loss + "\n    public Tensor Scaled([Shape(\"B\", \"6\")] Tensor x, int [|by|]) => x * by;\n}",
            ["by is Int32", "Scaled can be called from outside", "Tensor or Tensor<int>"]),
        DiagnosticRow.OfFile("MC0012", "truths", Head + Loss + "\n    public Tensor Masked([Shape(\"B\", \"6\")] Tensor x, [Shape(\"B\", \"6\")] Tensor<bool> [|mask|]) => Where(mask, x, 0);\n}",
            ["mask is", "its parameters are Tensor or Tensor<int>"]),
        DiagnosticRow.OfFile("MC0013", "number", Head + Loss + "\n    public int [|Rank|]([Shape(\"B\", \"6\")] Tensor x) => x.Shape.Rank;\n}",
            ["Rank returns Int32", "an entry point returns a Tensor, or a tuple of them"]),
        Frozen("MC0018", "name nobody has", "finale.*", "", "no parameter of Wrong is called \"finale.*\"", "there are final.weight, final.bias"),
        DiagnosticRow.OfFile("MC0021", "value nobody has", "[Model, Dim(\"B\", Max = 8), Tap([|\"hiden\"|])]\npublic sealed partial class Wrong\n{\n    readonly Linear final = new(6, 3);\n    [Loss] public Tensor Loss([Shape(\"B\", \"6\")] Tensor x, [Shape(\"B\")] Tensor<int> ids) { Tensor hidden = Tanh(x); return CrossEntropy(final.Forward(hidden), ids); }\n}",
            ["no value of Wrong.Loss is called \"hiden\"", "there are hidden"]) with { HasSurface = false },
        Frozen("MC0019", "one of two layers", "parts.0.*", "readonly Linear[] parts = Repeat(2, () => new Linear(6, 6));", "freezes parts.0.weight but not parts.1.weight", "a ParameterGroup with a learning rate scale of 0"),
        DiagnosticRow.OfFile("MC0018", "patterns of a part", "[Model, Frozen([|\"up.*\"|])]\npublic sealed partial class Part(int n)\n{\n    readonly Linear up = new(n, n);\n}",
            ["Part has constructor parameters", "write [Frozen] on the root, or on the field itself"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0021", "patterns of a part", "[Model, Tap([|\"up\"|])]\npublic sealed partial class Part(int n)\n{\n    readonly Linear up = new(n, n);\n}",
            ["Part has constructor parameters", "write [Tap] on the root"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0018", "field without parameters", Head.Replace("readonly", "[Frozen] readonly Part part = [|new()|];\n    readonly", System.StringComparison.Ordinal) + Loss
            + "\n}\n\n[Model]\npublic sealed partial class Part\n{\n    public Tensor Forward(Tensor x) => x;\n}",
            ["part says [Frozen] but holds no parameter", "put it on the field that holds the layer"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0020", "all", Head.Replace("readonly", "[Frozen] readonly", System.StringComparison.Ordinal) + Loss.Replace(" Loss(", " [|Loss|](", System.StringComparison.Ordinal) + "\n}",
            ["every parameter of Wrong is frozen", "Loss has nothing to train", "leave a part of the model without [Frozen]"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0022", "metric of several numbers", Head + "[Loss] public (Tensor loss, Tensor scores) Loss([Shape(\"B\", \"6\")] Tensor x, [Shape(\"B\")] Tensor<int> ids) => [|(CrossEntropy(final.Forward(x), ids), x)|];\n}",
            ["Scores, which Loss returns beside the loss, is [B, 6]", "a metric is one number"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0023", "two of one name", Head + "[Loss] public (Tensor loss, Tensor a, Tensor A) [|Loss|]([Shape(\"B\", \"6\")] Tensor x, [Shape(\"B\")] Tensor<int> ids) { Tensor l = CrossEntropy(final.Forward(x), ids); return (l, l, l); }\n}",
            ["Loss returns two metrics called A", "different names"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0023", "loss of two", Head + "[Loss] public (Tensor, Tensor) [|Loss|]([Shape(\"B\", \"6\")] Tensor x, [Shape(\"B\")] Tensor<int> ids) => (x, final.Forward(x));\n}",
            ["result 2 of Loss has no name", "write (Tensor loss, Tensor accuracy)"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0013", "loss that is no tensor", Head + "[Loss] public (Tensor loss, int count) [|Loss|]([Shape(\"B\", \"6\")] Tensor x, [Shape(\"B\")] Tensor<int> ids) => (CrossEntropy(final.Forward(x), ids), 3);\n}",
            ["Loss returns", "a loss is a Tensor of one number, or a tuple of it and metrics"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0006", "twice", "[Model, Dim(\"B\", Max = 8), [|Dim(\"B\", Max = 9)|]]\npublic sealed partial class Wrong\n{\n    readonly Linear final = new(6, 3);\n    " + Loss + "\n}",
            ["dim B is declared twice", "keep one"]),
        DiagnosticRow.OfFile("MC0008", "record", "[Model]\npublic sealed partial record [|Part|](int N) { }",
            ["Part is a [Model]", "a record", "make it a plain class of a namespace"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC4002", "too large", "[Model, Dim(\"B\", Max = 70000)]\npublic sealed partial class Wrong\n{\n    readonly Linear final = new(6, 3);\n    " + Loss
            + "\n    public Tensor [|Scores|]([Shape(\"B\", \"6\")] Tensor x) => MatMul(x, x.T);\n}",
            ["Scores computes matmul [B, B]", "4900000000 elements", "lower Max of B"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0015", "taken by generated code", Head + Loss + "\n    public Tensor [|Step|]([Shape(\"B\", \"6\")] Tensor x) => final.Forward(x);\n}",
            ["Step is what generated code calls one of its own members", "another name"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0015", "taken by another", Head + Loss
            + "\n    public Tensor Apply([Shape(\"B\", \"6\")] Tensor x) => final.Forward(x);\n    public Tensor [|Apply|]([Shape(\"B\")] Tensor<int> x) => Cast(x);\n}",
            ["Wrong has two entry points called Apply", "different names"]) with { HasSurface = false },
        Member("field", "readonly Tensor [|Layout|] = Parameter.Ones(6);", "Wrong.Layout has the name of a member that generated code adds to Wrong", "another name"),
        Member("constant", "const int [|Cost|] = 3;", "Wrong.Cost has the name of a member"),
        Member("class", "sealed class [|Trainer|] { }", "Wrong.Trainer has the name of a member"),
        Member("method", "Tensor [|Load|](Tensor x) => x;", "Wrong.Load has the name of a member"),
        Member("parameter", "public Tensor Twice([Shape(\"B\", \"6\")] Tensor [|Pool|]) => Pool * 2;", "Pool is what trainers and sessions call a member of their own", "parameter of Twice", "another name"),
        Member("parameter like a dim", "public Tensor Twice([Shape(\"B\", \"6\")] Tensor [|B|]) => B * 2;", "B is the name of a dim of Wrong", "both become parameters of Twice"),
        DiagnosticRow.OfFile("MC0016", "dim", "[Model, [|Dim(\"Weights\", Max = 8)|]]\npublic sealed partial class Wrong\n{\n    readonly Linear final = new(6, 3);\n    "
            + Loss.Replace("\"B\"", "\"Weights\"", System.StringComparison.Ordinal) + "\n}", ["Weights is what trainers and sessions call a member of their own", "give the dim another name"]) with { HasSurface = false },
        DiagnosticRow.OfFile("MC0016", "the class itself", (Head + Loss + "\n}").Replace("class Wrong", "class [|Session|]", System.StringComparison.Ordinal),
            ["Session has the name of a member that generated code adds", "give the class another name"]) with { HasSurface = false },
        Unrolled("all layers differ", "Repeat(3, i => new Linear(6, 6 + i))",
            "foreach (Linear layer in [|layers|]) y += Mean(layer.Forward(y), 1);",
            "no two neighbouring layers of layers have the same structure"),
        Unrolled("counter computed with", "Repeat(3, () => new Linear(6, 6))", "for (int i = 0; [|i < 3|]; i++) y += i * layers[i].Forward(y);",
            "i does more than index layers"),
        Unrolled("some of the layers", "Repeat(3, () => new Linear(6, 6))", "for (int i = 1; [|i < 3|]; i++) y += layers[i].Forward(layers[0].Forward(y));",
            "the counter does not run over all layers one by one"),
        Unrolled("different periods", "Repeat(4, () => new Linear(6, 6)); readonly LayerNorm[] back = Repeat(4, i => new LayerNorm(6, epsilon: 0.1 + i % 2))",
            "for (int i = 0; [|i < 4|]; i++) y += layers[i].Forward(back[i].Forward(y));", "the layers that i indexes repeat with different periods"),
        DiagnosticRow.OfFile("MC0010", "layer that no field holds", Head + Loss + "\n    public Tensor [|Apply|]([Shape(\"B\", \"6\")] Tensor x) => new Linear(6, 6).Forward(x);\n}",
            ["Apply uses a parameter [6, 6] that no field holds", "keep the layer or parameter in a field"]),
        DiagnosticRow.OfBody("MC0014", "argument", "Tensor y = part.Forward(x);", ["Part throws ArgumentException: width 6 is not a multiple of 4"],
            members: "readonly Part part = new(6);",
            others: """
                [Model]
                public sealed partial class Part
                {
                    readonly Linear layer;

                    public Part(int width)
                    {
                        if (width % 4 != 0) [|throw new ArgumentException($"width {width} is not a multiple of 4", nameof(width));|]
                        layer = new(width, width);
                    }

                    public Tensor Forward(Tensor x) => layer.Forward(x);
                }
                """),
        DiagnosticRow.OfBody("MC0014", "expression", "Tensor y = x.Shape.Rank == 3 ? x : [|throw new NotSupportedException()|];", ["Wrong throws NotSupportedException"]),
        DiagnosticRow.OfBody("MC0011", "symbolic length", "Tensor y = x; if ([|x.Length(0) == 4|]) y = -x;",
            ["whether B is 4 is not known at build", "B runs from 1 to 8", "Where"]),
        DiagnosticRow.OfBody("MC0011", "switch on a tensor", "Tensor y = [|x|] switch { null => final.Weight, _ => x };",
            ["a tensor's numbers are not known at build", "use Where to choose between tensors"]),
        DiagnosticRow.OfBody("MC0024", "8 bits without a product", "Tensor y = norm.Forward(x);", ["norm says [Precision(Precision.Float8)]", "no matrix product is in it", "say Precision.BFloat16"],
            members: "[Precision(Precision.Float8)] readonly LayerNorm norm = [|new(6)|];"),
        DiagnosticRow.OfBody("MC2001", "never read", "Tensor y = x;", ["parameter unused [6] is never read", "use it in an entry point, or remove it"],
            members: "readonly Tensor unused = [|Parameter.Ones(6)|];"),
        DiagnosticRow.OfBody("MC2001", "never read in a part", "Tensor y = part.Forward(x);", ["parameter part.shift [6] is never read"],
            members: "readonly Part part = new();",
            others: "[Model] public sealed partial class Part { readonly Tensor gain = Parameter.Ones(6), shift = [|Parameter.Ones(6)|]; public Tensor Forward(Tensor x) => x * gain; }"),
        DiagnosticRow.OfBody("MC2002", "behind Detach", "Tensor y = x * Detach(gain);", ["no gradient reaches parameter gain [6] from Loss", "Use it in the loss, or make it a constant"],
            members: "readonly Tensor gain = [|Parameter.Ones(6)|];"),
    ];

    static DiagnosticRow Unrolled(string name, string layers, string loop, string reason) => DiagnosticRow.OfBody("MC0017", name,
        "Tensor y = x; " + loop, ["this loop is unrolled: " + reason, "keep it a loop"], members: $"readonly Linear[] layers = {layers};");

    static DiagnosticRow Shape(string name, string entry, params string[] message) => DiagnosticRow.OfFile("MC0005", name,
        $"{Head}{Loss}\n    public Tensor Twice([Shape([|\"{entry}\"|], \"6\")] Tensor x) => x * 2;\n}}", message);

    static DiagnosticRow Frozen(string id, string name, string pattern, string member, params string[] says) =>
        DiagnosticRow.OfFile(id, name, $"[Model, Dim(\"B\", Max = 8), Frozen([|\"{pattern}\"|])]\npublic sealed partial class Wrong\n{{\n    readonly Linear final = new(6, 3);\n    {member}\n    {Loss}\n}}", says) with { HasSurface = false };

    static DiagnosticRow Member(string name, string member, params string[] message) =>
        DiagnosticRow.OfFile("MC0016", name, $"{Head}{Loss}\n    {member}\n}}", message) with { HasSurface = false };

    static DiagnosticRow Dim(string name, string arguments, params string[] message) => DiagnosticRow.OfFile("MC0006", name,
        $"[[|Dim({arguments})|]]\n[Model]\npublic sealed partial class Wrong\n{{\n    readonly Linear final = new(6, 3);\n    {Loss}\n}}", message);
}
