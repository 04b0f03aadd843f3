using System.Collections.Generic;

namespace ModelCompiler.Tests.Language;

/// <summary>Calls: methods here and elsewhere, local functions, lambdas, and models in models.</summary>
static class CallRows
{
    public static IEnumerable<LanguageRow> All =>
    [
        new("private method", "return Twice(x) + this.Twice(x * 3);") { Members = "Tensor Twice(Tensor y) => y * 2;", Plainly = "Tensor a = x * 2; return a + x * 3 * 2;" },
        new("method of the model in another file", "return Twice(x);")
        {
            Others = "public sealed partial class Written { Tensor Twice(Tensor y) { Tensor z = y; return z * 2; } }",
            Plainly = "return x * 2;",
        },
        new("static method of another class", "return Shared.Normal(x, by: 3);")
        {
            Others = "static class Shared { public static Tensor Normal(Tensor y, double by) => Inner(y) / by; static Tensor Inner(Tensor y) => Tanh(y); }",
            Plainly = "return Tanh(x) / 3;",
        },
        new("extension method", "return x.Twice().Shifted(1);")
        {
            Others = "static class Extensions { public static Tensor Twice(this Tensor y) => y * 2; public static Tensor Shifted(this Tensor y, double by) => y + by; }",
            Plainly = "return x * 2 + 1;",
        },
        new("generic method", "return Choice.First(x * 2, x).Item;")
        {
            Others = "static class Choice { public static (T Item, int Place) First<T>(T a, T b) where T : class => (a ?? b, 0); }",
            Plainly = "return x * 2;",
        },
        new("static method that is given layers", "return Shared.Through(x, layer, 2) + Shared.Through(x, layer, 0);")
        {
            Members = "readonly Linear layer = new(6, 6);",
            Others = "static class Shared { public static Tensor Through(Tensor x, Linear layer, int times) => times == 0 ? x : Tanh(layer.Forward(Through(x, layer, times - 1))); }",
            Plainly = "return Tanh(layer.Forward(Tanh(layer.Forward(x)))) + x;",
        },
        new("local functions", "double by = 0.5; Tensor Scaled(Tensor y) { return y * by; } Tensor Twice(Tensor y) => Scaled(Scaled(y)); return Twice(x);")
        {
            Plainly = "return x * 0.5 * 0.5;",
        },
        new("local function below its use", "return Twice(x); static Tensor Twice(Tensor y) => y * 2;") { Plainly = "return x * 2;" },
        new("lambdas", "Func<Tensor, Tensor> twice = y => y * 2; Func<Tensor, int, Tensor> scale = (y, n) => { Tensor z = twice(y); return z * n; }; return scale(x, 3);")
        {
            Plainly = "return x * 2 * 3;",
        },
        new("lambda as an argument", "return part.Forward(x);")
        {
            Members = "readonly Activated part = new(6, y => Tanh(y) * 2);",
            Others = """
                [Model]
                public sealed partial class Activated(int width, Func<Tensor, Tensor> activation)
                {
                    public Linear Layer { get; } = new(width, width);
                    public Tensor Forward(Tensor x) => activation(Layer.Forward(x));
                }
                """,
            Plainly = "return Tanh(part.Layer.Forward(x)) * 2;",
        },
        new("Scan with one state", "(Tensor last, Tensor all) = Scan(x, Constant(0), (item, state) => Tanh(Mean(item, 0).Reshape() + 0.5 * state)); return x * last + Mean(all, 0);")
        {
            Loops = 1,
        },
        new("Scan with two states", """
            var (_, all) = Scan(x, [Constant(0), Constant(1)], (item, states) =>
            {
                Tensor next = Tanh(Mean(item, 0).Reshape() + states[1]);
                return [next, states[0]];
            });
            return x + all[0].Reshape(x.Length(0), 1) + all[1].Reshape(x.Length(0), 1);
            """)
        {
            Loops = 1,
        },
        new("Fold", "return Fold(layers, x, (layer, state) => Tanh(layer.Forward(state)));")
        {
            Members = "readonly Linear[] layers = Repeat(3, () => new Linear(6, 6));", Loops = 1,
            Plainly = "foreach (Linear layer in layers) x = Tanh(layer.Forward(x)); return x;",
        },
        new("Repeat with an index", "foreach (Linear layer in layers) x = Tanh(layer.Forward(x)); return x;")
        {
            Members = "readonly Linear[] layers = Repeat(2, i => new Linear(6 - i, 5 + i));",
        },
        new("Repeat with an index that nothing depends on", "foreach (Linear layer in layers) x = Tanh(layer.Forward(x)); return x;")
        {
            Members = "readonly Linear[] layers = Repeat(3, i => new Linear(6, 6));", Loops = 1,
        },
        new("Repeat with a period", "foreach (Linear layer in layers) x = Tanh(layer.Forward(x)); return x;")
        {
            Members = "readonly Linear[] layers = Repeat(6, i => i % 2 == 0 ? new Linear(6, 4) : new Linear(4, 6));", Loops = 1,
        },
        new("Repeat with a layer of its own at each end", "for (int i = 0; i < layers.Length; i++) x = Tanh(layers[i].Forward(x)); return x;")
        {
            Members = "readonly Linear[] layers = Repeat(5, i => new Linear(i == 0 ? 6 : 4, i == 4 ? 6 : 4));", Loops = 1,
        },
        new("Fold over a period", "return Fold(layers, x, (layer, state) => Tanh(layer.Forward(state)));")
        {
            Members = "readonly LayerNorm[] layers = Repeat(5, i => new LayerNorm(6, epsilon: 0.1 + i % 2));", Loops = 1,
            Plainly = "foreach (LayerNorm layer in layers) x = Tanh(layer.Forward(x)); return x;",
        },
        new("two arrays with one period", "for (int i = 5; i >= 0; i--) x = outward[i].Forward(Tanh(inward[i].Forward(x))); return x;")
        {
            Members = """
                readonly Linear[] inward = Repeat(6, i => new Linear(6, 3 + i % 3)), outward = Repeat(6, i => new Linear(3 + i % 3, 6));
                """,
            Loops = 1,
        },
        new("two arrays with different periods are unrolled", "for (int i = 0; i < 4; i++) x = norms[i].Forward(Tanh(layers[i].Forward(x))); return x;")
        {
            Members = """
                readonly Linear[] layers = Repeat(4, i => new Linear(6, 6));
                readonly LayerNorm[] norms = Repeat(4, i => new LayerNorm(6, epsilon: 0.1 + i % 2));
                """,
        },
        new("tensors collected along layers that differ are unrolled", """
            var seen = new Tensor[4];
            for (int i = 0; i < 4; i++) { x = Tanh(layers[i].Forward(x)); seen[i] = x; }
            for (int i = 3; i >= 0; i--) x = Tanh(layers[i].Forward(x + seen[i]));
            return x;
            """)
        {
            Members = "readonly LayerNorm[] layers = Repeat(4, i => new LayerNorm(6, epsilon: 0.1 + i % 2));",
        },
        new("layers inside one layer of a repetition", "foreach (Linear layer in parts[1].Layers) x = Tanh(layer.Forward(x)); foreach (Part part in parts) x = part.Layers[1].Forward(x); return x;")
        {
            Members = "readonly Part[] parts = Repeat(3, () => new Part());", Loops = 2,
            Others = """
                [Model]
                public sealed partial class Part
                {
                    public readonly Linear[] Layers = Repeat(2, () => new Linear(6, 6));
                }
                """,
        },
        new("model with a primary constructor", "return part.Forward(x) + part.Forward(x, 2);")
        {
            Members = "readonly Part part = new(width: 6);",
            Others = """
                [Model]
                public sealed partial class Part(int width, double scale = 0.5)
                {
                    readonly Linear layer = new(width, width);
                    public Tensor Forward(Tensor x) => Forward(x, scale);
                    public Tensor Forward(Tensor x, double by) => layer.Forward(x) * by;
                }
                """,
            Plainly = "Tensor a = part.Forward(x, 0.5); return a + part.Forward(x, 2);",
        },
        new("model with a written constructor", "return part.Forward(x);")
        {
            Members = "readonly Part part = new(6);",
            Others = """
                [Model]
                public sealed partial class Part
                {
                    readonly int width;
                    readonly Linear up, down;
                    double scale = 3;

                    public Part(int width, int factor = 2)
                    {
                        this.width = width;
                        int inner = factor * this.width;
                        (up, down) = (new(width, inner), new(inner, width));
                        if (factor > 1) scale = 1.0 / factor;
                    }

                    public Tensor Forward(Tensor x) => down.Forward(Tanh(up.Forward(x))) * scale / width;
                }
                """,
        },
        new("models with properties", "return part.Twice + part.Forward(x) + part.Inner.Weight[0] * part.Width;")
        {
            Members = "readonly Part part = new();",
            Others = """
                [Model]
                public sealed partial class Part
                {
                    public Tensor Bias { get; } = Parameter.Normal(0.5, 6);
                    public Linear Inner { get; } = new(6, 6);
                    public Tensor Twice => Bias * 2;
                    public int Width { get { int n = 3; return n * 2; } }
                    public Tensor Forward(Tensor x) => Inner.Forward(x);
                }
                """,
            Plainly = "return part.Bias * 2 + part.Inner.Forward(x) + part.Inner.Weight[0] * 6;",
        },
        new("object initialisers", "return part.Forward(x);")
        {
            Members = "readonly Part part = new(6) { Scale = 2, Shift = 0.25, Gate = new Linear(6, 6) };",
            Others = """
                [Model]
                public sealed partial class Part(int width)
                {
                    readonly Linear layer = new(width, width);
                    public double Scale { get; init; } = 1;
                    public double Shift;
                    public required Linear Gate { get; init; }
                    public Tensor Forward(Tensor x) => layer.Forward(x) * Scale * Gate.Forward(x) + Shift;
                }
                """,
        },
        new("array of models stays a loop", "foreach (Part part in parts) x = part.Forward(x); return x;")
        {
            Members = "readonly Part[] parts = Repeat(3, () => new Part(6, false));", Loops = 1,
            Others = """
                [Model]
                public sealed partial class Part(int width, bool gated)
                {
                    readonly Linear layer = new(width, width);
                    readonly Linear? gate = gated ? new(width, width) : null;
                    public Tensor Forward(Tensor x) => gate is null ? Tanh(layer.Forward(x)) : Tanh(layer.Forward(x)) * gate.Forward(x);
                }
                """,
        },
        new("one layer in two models", "return a.Forward(x) + b.Forward(x);")
        {
            Members = "readonly Part a, b; public Written() { var shared = new Linear(6, 6); (a, b) = (new(shared, 1), new(shared, 2)); }",
            Others = "[Model] public sealed partial class Part(Linear shared, double by) { readonly Linear own = shared; public Tensor Forward(Tensor x) => Tanh(own.Forward(x) * by); }",
        },
        new("parameters of the model's own", "return x * gain + bias;")
        {
            Members = "readonly Tensor gain = Parameter.Ones(6), bias = Parameter.Uniform(1 / Math.Sqrt(6), 6);",
        },
        new("model that knows its choice", "return new[] { a, b }[1].Forward(a.Forward(x));")
        {
            Members = "readonly Part a = new(Kind.Plain), b = new(Kind.Gated);",
            Others = """
                public enum Kind { Plain, Gated }

                [Model]
                public sealed partial class Part(Kind kind)
                {
                    readonly Linear layer = new(6, 6);
                    public Tensor Forward(Tensor x)
                    {
                        Tensor y = layer.Forward(x);
                        switch (kind)
                        {
                            case Kind.Gated: return y * Sigmoid(x);
                            default: return kind == Kind.Plain && y.Shape.Rank == 2 ? Tanh(y) : y;
                        }
                    }
                }
                """,
        },
    ];
}
