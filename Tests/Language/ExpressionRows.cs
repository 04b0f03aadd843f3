using System.Collections.Generic;

namespace ModelCompiler.Tests.Language;

/// <summary>Expressions: operators, constants, tuples, arrays, objects, text.</summary>
static class ExpressionRows
{
    public static IEnumerable<LanguageRow> All =>
    [
        new("operators on tensors", "return -(x + x) * 0.5 - x / 2;")
        {
            Plainly = "Tensor sum = Add(x, x); Tensor left = Multiply(Multiply(-1, sum), 0.5); return Subtract(left, Divide(x, 2));",
        },
        new("comparison of tensors", "return Where(x < 0.25, -x, Where(x > 0.5, x * 2, x));")
        {
            Plainly = "return Where(Less(x, 0.25), -x, Where(Less(0.5, x), x * 2, x));",
        },
        new("row of a tensor", "return x + x[0];"),
        new("indexer of a layer", "return x + table[Range(x.Length(0))];")
        {
            Members = "readonly Embedding table = new(8, 6);",
            Plainly = "return x + Gather(table.Weight, Range(x.Length(0)));",
        },
        new("property of a tensor", "return MatMul(MatMul(x, x.T), x);") { Plainly = "return MatMul(MatMul(x, Permute(x, 1, 0)), x);" },
        new("constant members", "return x * (Scale + Half % 2);")
        {
            Members = "const int Half = 3; const double Scale = 1.0 / Half;",
            Plainly = "return x * (1.0 / 3 + 1);",
        },
        new("constants of another class", "return x * Sizes.Scale + Sizes.Inner.Shift;")
        {
            Others = "static class Sizes { public const double Scale = 0.75; public static class Inner { public const float Shift = 0.125f; } }",
            Plainly = "return x * 0.75 + 0.125;",
        },
        new("local constants", "const int n = 2; int m = n * 3 - 4; double s = m / 4.0; return x * s;") { Plainly = "return x * 0.5;" },
        new("whole and real arithmetic", "int n = 7; double q = (double)n / 4 + n / 4 + (int)2.9 + (1 << 3) + (n & 5) - (n ^ 2) + -n % 4; return x * q;")
        {
            Plainly = "return x * (1.75 + 1 + 2 + 8 + 5 - 5 - 3);",
        },
        new("numbers that may be missing", "double? by = 3; int? none = null; long? times = 2; return x * ((by ?? 1) / 2 * (none ?? 5) * (times ?? 7));") { Plainly = "return x * 15.0;" },
        new("single precision constants", "float third = 1f / 3; return x * third;") { Plainly = "return x * (double)(1f / 3);" },
        new("Math", "double s = 1 / Math.Sqrt(x.Length(1) == 6 ? 6 : 1); return x * Math.Max(s, 0.1) * Math.Pow(2, -1);")
        {
            Plainly = "return x * (1 / Math.Sqrt(6)) * 0.5;",
        },
        new("conditional expression", "int n = 3; return n > 2 ? x * n : x;") { Plainly = "return x * 3;" },
        new("&& and || stop early", "int n = Zero; return n == 0 || 6 / n > 2 ? n != 0 && 6 / n > 2 ? x : x * 2 : x * 3;")
        {
            Members = "static int Zero => 0;",
            Plainly = "return x * 2;",
        },
        new("logical operators", "bool a = true; int n = 3; bool b = n == 3; return !a ^ b & (n >= 3 | !b) ? x * 2 : x;") { Plainly = "return x * 2;" },
        new("null tests", "Linear? none = null; return none is null && final is not null ? x * 2 : x;") { Plainly = "return x * 2;" },
        new("??", "Linear? none = null; Linear layer = none ?? own; return layer.Forward(x);")
        {
            Members = "readonly Linear own = new(6, 6);",
            Plainly = "return own.Forward(x);",
        },
        new("switch expression", """
            Tensor Pick(int n) => n switch { < 2 => x, 2 or 3 => x * 2, > 3 and not 5 => x * 3, _ when n == 5 => x * 4, _ => x * 5 };
            return Pick(1) + Pick(2) + Pick(3) + Pick(4) + Pick(5);
            """)
        {
            Plainly = "Tensor a = x; return a + x * 2 + x * 2 + x * 3 + x * 4;",
        },
        new("switch expression on text", """
            const string activation = "tanh";
            string[] names = [activation, "relu"];
            foreach (string name in names) x = name switch { "relu" => Relu(x), "tanh" => Tanh(x), _ => throw new ArgumentException(name) };
            return x;
            """)
        {
            Plainly = "return Relu(Tanh(x));",
        },
        new("enumerations", "Kind kind = Kind.Smooth; return kind == Kind.Sharp ? x : kind switch { Kind.Sharp => x, Kind.Smooth => Tanh(x), _ => -x };")
        {
            Others = "enum Kind { Sharp, Smooth }",
            Plainly = "return Tanh(x);",
        },
        new("tuples", "(Tensor, Tensor) pair = (x, x * 2); return pair.Item1 + pair.Item2;") { Plainly = "return x + x * 2;" },
        new("tuples with names", "(Tensor Low, int Factor) pair = (x * 0.5, 4); return pair.Low * pair.Factor;") { Plainly = "return x * 0.5 * 4;" },
        new("deconstruction", "var (low, high) = Halves(x); (Tensor a, Tensor b) = (high, low); return Concatenate(1, a, b);")
        {
            Members = "static (Tensor Low, Tensor High) Halves(Tensor x) => (Slice(x, 1, 0, 3), Slice(x, 1, 3, 3));",
            Plainly = "Tensor low = Slice(x, 1, 0, 3); Tensor high = Slice(x, 1, 3, 3); return Concatenate(1, high, low);",
        },
        new("deconstruction swaps", "Tensor a = x, b = x * 2; (a, b) = (b, a); return a - b;") { Plainly = "Tensor b = x * 2; return b - x;" },
        new("deconstruction with discards", "(_, Tensor high, _) = (x * 0.5, x * 2, 3); (var a, _) = (high, x); return a;")
        {
            Plainly = "Tensor low = x * 0.5; Tensor high = x * 2; return high;",
        },
        new("mixed and nested deconstruction", "Tensor a; (a, (var b, int n)) = (x, (x * 3, 2)); return a - b * n;") { Plainly = "return x - x * 3 * 2;" },
        new("array", "Tensor[] parts = new[] { Slice(x, 1, 3, 3), Slice(x, 1, 0, 3) }; return Concatenate(1, parts);")
        {
            Plainly = "return Concatenate(1, Slice(x, 1, 3, 3), Slice(x, 1, 0, 3));",
        },
        new("collection expression", "Tensor[] parts = [Slice(x, 1, 3, 3), Slice(x, 1, 0, 3)]; return Concatenate(1, [parts[0], parts[parts.Length - 1]]);")
        {
            Plainly = "return Concatenate(1, Slice(x, 1, 3, 3), Slice(x, 1, 0, 3));",
        },
        new("array that is filled", "var parts = new Tensor[2]; parts[0] = Slice(x, 1, 3, 3); parts[1] = Slice(x, 1, 0, 3); return Concatenate(1, parts[0], parts[1]);")
        {
            Plainly = "return Concatenate(1, Slice(x, 1, 3, 3), Slice(x, 1, 0, 3));",
        },
        new("array of constants", "int[] widths = [2, 4]; double sum = 0; foreach (int w in widths) sum += w; return x * (sum / widths.Length + Factors[1]);")
        {
            Members = "readonly double[] Factors = [0.5, 0.25];",
            Plainly = "return x * 3.25;",
        },
        new("named arguments in another order", "return Concatenate(1, Slice(x, length: 3, start: 3, axis: 1), Slice(length: 3, x: x, axis: 1, start: 0));")
        {
            Plainly = "return Concatenate(1, Slice(x, 1, 3, 3), Slice(x, 1, 0, 3));",
        },
        new("arguments left out", "return Scaled(x) + Scaled(x, shift: 1) + Scaled(x, 3);")
        {
            Members = "static Tensor Scaled(Tensor x, double factor = 2, double shift = 0.5) => x * factor + shift;",
            Plainly = "return x * 2 + 0.5 + (x * 2 + 1) + (x * 3 + 0.5);",
        },
        new("params", "return Total(x, x * 2, x * 3);")
        {
            Members = "static Tensor Total(params Tensor[] parts) { Tensor sum = parts[0]; for (int i = 1; i < parts.Length; i++) sum += parts[i]; return sum; }",
            Plainly = "Tensor two = x * 2; Tensor three = x * 3; return x + two + three;",
        },
        new("text", """
            int n = 6;
            string name = $"width {n}" + nameof(x) + 'c';
            if (name != "width 6xc" || name.Length != 9) throw new ShapeException($"{name} is not what it must be");
            return x * name.Length;
            """)
        {
            Plainly = "return x * 9;",
        },
        new("throw that is not reached", "return x.Length(1) == 6 ? x * 2 : throw new ShapeException($\"x is {x.Shape}\", x) { Id = \"MC1005\" };")
        {
            Plainly = "return x * 2;",
        },
        new("lengths of axes", "Dim width = x.Shape[-1]; int n = (int)width; return x.Reshape(x.Length(0), 2, width / 2).Reshape(x.Length(0), n) * x.Shape.Rank;")
        {
            Plainly = "return x.Reshape(x.Length(0), 2, 3).Reshape(x.Length(0), 6) * 2;",
        },
        new("arithmetic on symbolic lengths", "Dim twice = 2 * x.Length(0); return x.Reshape(twice, 3).Reshape(twice - x.Length(0), twice / x.Length(0), 3).Reshape(twice / 2, 6);")
        {
            Plainly = "return x.Reshape(x.Length(0) + x.Length(0), 3).Reshape(x.Length(0), 2, 3).Reshape(x.Length(0), 6);",
        },
        new("assignment as an expression", "Tensor a, b; a = b = x * 2; int i = 1; int before = i++, after = ++i; return a * (10 * before + after) + b;")
        {
            Plainly = "Tensor b = x * 2; return b * 13 + b;",
        },
        new("parentheses, casts and default", "Tensor y = (Tensor)((x)); bool no = default; int zero = default(int); return no ? x : y * (zero + 2);") { Plainly = "return x * 2;" },
    ];
}
