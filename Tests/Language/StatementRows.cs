using System.Collections.Generic;

namespace ModelCompiler.Tests.Language;

/// <summary>Statements: locals, branches, loops that stay and loops that are unrolled.</summary>
static class StatementRows
{
    const string Layer = "readonly Linear layer = new(6, 6);";
    const string Layers = "readonly Linear[] layers = Repeat(3, () => new Linear(6, 6));";

    public static IEnumerable<LanguageRow> All =>
    [
        new("locals and compound assignment", "Tensor y = x; var z = 2 * y; y += 1; y *= 2; y -= z; y /= 3; return y;")
        {
            Plainly = "Tensor z = 2 * x; return ((x + 1) * 2 - z) / 3;",
        },
        new("compound assignment of constants", "int n = 1; n += 4; n *= 3; n -= 1; n /= 2; n %= 4; n <<= 2; n |= 1; n++; n--; return x * n;") { Plainly = "return x * 13;" },
        new("discards, blocks and empty statements", "_ = x * 9; { ; } { Tensor y = x + 1; x = y; } return x;") { Plainly = "Tensor unread = x * 9; return x + 1;" },
        new("if and else", "int n = 4; if (n > 4) x = -x; else if (n == 4) { x = x * 2; } else x = x * 3; if (n < 0) return x; return x + 1;")
        {
            Plainly = "return x * 2 + 1;",
        },
        new("return from the middle", "for (int i = 0; i < 5; i++) { x = x * (i + 2); if (i == 1) return x; } return -x;") { Plainly = "return x * 2 * 3;" },
        new("switch", """
            for (int n = 0; n < 5; n++)
            {
                switch (n)
                {
                    case 0: x = x + 1; break;
                    default: x = x * 5; break;
                    case 1:
                    case 2: x = x * 3; break;
                    case > 3 and < 9 when n % 2 == 0:
                    {
                        x = x - 1;
                        break;
                    }
                }
            }
            return x;
            """)
        {
            Plainly = "return (x + 1) * 3 * 3 * 5 - 1;",
        },
        new("switch on text that returns", "switch (Name) { case \"relu\": return Relu(x); case \"tanh\": return Tanh(x); default: return x; }")
        {
            Members = "static string Name => \"tanh\";",
            Plainly = "return Tanh(x);",
        },
        new("for with a counter that is computed with", "for (int i = 0; i < 3; i++) x = x * (i + 2); return x;") { Plainly = "return x * 2 * 3 * 4;" },
        new("for that counts by two, and down", "for (int i = 0; i <= 4; i += 2) x = x * (i + 2); for (int i = 3; i > 1; i--) x = x + i; return x;")
        {
            Plainly = "return x * 2 * 4 * 6 + 3 + 2;",
        },
        new("for with two counters", "for (int i = 0, j = 6; i < j; i++, j -= 2) x = x * (10 * i + j + 1); return x;") { Plainly = "return x * 7 * 15;" },
        new("for in for", "for (int i = 0; i < 2; i++) for (int j = 0; j <= i; j++) x = x * (2 + i + j); return x;") { Plainly = "return x * 2 * 3 * 4;" },
        new("for that is left", "for (int i = 0; ; i++) { if (i == 2) break; x = x * (i + 2); } return x;") { Plainly = "return x * 2 * 3;" },
        new("for that never runs", "for (int i = 0; i < 0; i++) x = -x; return x * 2;") { Plainly = "return x * 2;" },
        new("for that changes a shape", "Tensor y = x; for (int i = 0; i < 2; i++) y = Concatenate(1, y, x); return Slice(y, 1, 6, 6) + Slice(y, 1, 12, 6);")
        {
            Plainly = "Tensor y = Concatenate(1, Concatenate(1, x, x), x); return Slice(y, 1, 6, 6) + Slice(y, 1, 12, 6);",
        },
        new("for that repeats one layer stays", "for (int i = 0; i < 3; i++) x = Tanh(layer.Forward(x)); return x;") { Members = Layer, Loops = 1 },
        new("for over layers stays", "for (int i = 0; i < 3; i++) x = Tanh(layers[i].Forward(x)); return x;")
        {
            Members = Layers, Loops = 1, Plainly = "foreach (Linear layer in layers) x = Tanh(layer.Forward(x)); return x;",
        },
        new("for to an array's length stays", "for (int i = 0; i < layers.Length; i++) x = Tanh(layers[i].Forward(x)); return x;")
        {
            Members = Layers, Loops = 1, Plainly = "foreach (Linear layer in layers) x = Tanh(layer.Forward(x)); return x;",
        },
        new("for over layers backwards stays", "for (int i = 2; i >= 0; i--) x = Tanh(layers[i].Forward(x)); return x;") { Members = Layers, Loops = 1 },
        new("foreach over layers stays", "Tensor sum = x; foreach (var layer in layers) { Tensor h = Tanh(layer.Forward(x)); sum += h; x = h * 0.5; } return sum;")
        {
            Members = Layers, Loops = 1, Plainly = "Tensor sum = x; for (int i = 0; i < 3; i++) { Tensor h = Tanh(layers[i].Forward(x)); sum = sum + h; x = h * 0.5; } return sum;",
        },
        new("foreach in foreach stays", "foreach (Linear a in layers) foreach (Linear b in others) x = Tanh(a.Forward(x) + b.Forward(x)); return x;")
        {
            Members = Layers + " readonly Linear[] others = Repeat(2, () => new Linear(6, 6));", Loops = 2,
        },
        new("one layer of a repetition", "return layers[2].Forward(Tanh(layers[0].Forward(x)));") { Members = Layers },
        new("tensors collected in one loop and read in another", """
            var seen = new Tensor[3];
            for (int i = 0; i < 3; i++) { x = Tanh(layers[i].Forward(x)); seen[i] = x; }
            for (int i = 2; i >= 0; i--) x = Tanh(layers[i].Forward(x + seen[i]));
            return x + seen[1];
            """)
        {
            Members = Layers, Loops = 2,
        },
        new("local of a block named like a local of a loop", """
            { Tensor h = Slice(x, 1, 0, 3); x = x + Mean(h, 1); }
            foreach (Linear layer in layers) { Tensor h = layer.Forward(x); h += x; x = Tanh(h); }
            for (int i = 0; i < 2; i++) { Tensor h = x * 2; h *= 0.75; x = Tanh(h); }
            return x;
            """)
        {
            Members = Layers, Loops = 2,
            Plainly = """
                Tensor first = Slice(x, 1, 0, 3);
                x = x + Mean(first, 1);
                foreach (Linear layer in layers) x = Tanh(layer.Forward(x) + x);
                for (int i = 0; i < 2; i++) x = Tanh(x * 2 * 0.75);
                return x;
                """,
        },
        new("foreach over constants", "foreach (double s in new[] { 0.5, 3.0 }) x *= s; foreach (int n in (int[])[2, 5]) x += n; return x;")
        {
            Plainly = "return x * 0.5 * 3 + 2 + 5;",
        },
        new("foreach over an array of unlike layers", "foreach (Linear layer in chain) x = Tanh(layer.Forward(x)); return x;")
        {
            Members = "readonly Linear[] chain = [new(6, 4), new(4, 6)];",
            Plainly = "return Tanh(chain[1].Forward(Tanh(chain[0].Forward(x))));",
        },
        new("foreach that is left", "foreach (int n in (int[])[2, 3, 4]) { if (n == 4) break; x *= n; } return x;") { Plainly = "return x * 2 * 3;" },
        new("arrays of arrays", "foreach (Linear[] row in grid) foreach (Linear layer in row) x = Tanh(layer.Forward(x)); return x;")
        {
            Members = "readonly Linear[][] grid = [[new(6, 5)], [new(5, 4), new(4, 6)]];",
            Plainly = "return Tanh(grid[1][1].Forward(Tanh(grid[1][0].Forward(Tanh(grid[0][0].Forward(x))))));",
        },
        new("throw that a condition keeps away", "if (x.Length(1) != 6) throw new InvalidOperationException($\"{x.Shape} is too wide\"); return x * 2;") { Plainly = "return x * 2;" },
    ];
}
