using System;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>
/// What operators make of infinities and NaN: the rules of IEEE 754 and of PyTorch, in the eager run and in generated code. <c>LesserProcessorTests</c>
/// runs these again with fewer instructions.
/// </summary>
public sealed class NotFiniteTests
{
    const float Infinity = float.PositiveInfinity, NaN = float.NaN;

    /// <summary>One number, a vector, and vectors with a remainder: the special number stands at each end and between.</summary>
    static readonly int[] lengths = [1, 16, 37];

    [Theory]
    // x; Exp, Log, Sqrt, Rsqrt, Tanh, Erf
    [InlineData(NaN, NaN, NaN, NaN, NaN, NaN, NaN)]
    [InlineData(Infinity, Infinity, Infinity, Infinity, 0f, 1f, 1f)]
    [InlineData(-Infinity, 0f, NaN, NaN, NaN, -1f, -1f)]
    [InlineData(0f, 1f, -Infinity, 0f, Infinity, 0f, 0f)]
    [InlineData(-0f, 1f, -Infinity, -0f, -Infinity, -0f, -0f)]
    [InlineData(100f, Infinity, 4.6051702f, 10f, 0.1f, 1f, 1f)]
    [InlineData(-200f, 0f, NaN, NaN, NaN, -1f, -1f)]
    public void Functions_FollowTheirRule(float x, params float[] expected) => Unary(x, expected, "Functions",
        (session, input, r) => session.Functions(input, r[0], r[1], r[2], r[3], r[4], r[5]), (model, t) => Tensors(model.Functions(t)));

    [Theory]
    // x; Relu, Sigmoid, Gelu, GeluTanh: x · Φ(x) at -∞ is -∞ · 0
    [InlineData(NaN, NaN, NaN, NaN, NaN)]
    [InlineData(Infinity, Infinity, 1f, Infinity, Infinity)]
    [InlineData(-Infinity, 0f, 0f, NaN, NaN)]
    public void Activations_FollowTheirRule(float x, params float[] expected) => Unary(x, expected, "Activations",
        (session, input, r) => session.Activated(input, r[0], r[1], r[2], r[3]), (model, t) => Tensors(model.Activated(t)));

    [Theory]
    // a, b; a + b, a - b, a · b, a / b, Maximum, Minimum
    [InlineData(NaN, 1f, NaN, NaN, NaN, NaN, NaN, NaN)]
    [InlineData(1f, NaN, NaN, NaN, NaN, NaN, NaN, NaN)]
    [InlineData(Infinity, -Infinity, NaN, Infinity, -Infinity, NaN, Infinity, -Infinity)]
    [InlineData(Infinity, Infinity, Infinity, NaN, Infinity, NaN, Infinity, Infinity)]
    [InlineData(Infinity, 0f, Infinity, Infinity, NaN, Infinity, Infinity, 0f)]
    [InlineData(1f, 0f, 1f, 1f, 0f, Infinity, 1f, 0f)]
    [InlineData(0f, 0f, 0f, 0f, 0f, NaN, 0f, 0f)]
    [InlineData(1f, -Infinity, -Infinity, Infinity, -Infinity, -0f, 1f, -Infinity)]
    [InlineData(3e38f, 3e38f, Infinity, 0f, Infinity, 1f, 3e38f, 3e38f)]
    public void Arithmetic_FollowsItsRule(float a, float b, params float[] expected) => Binary(a, b, expected, "Arithmetic",
        (session, x, y, r) => session.Arithmetic(x, y, r[0], r[1], r[2], r[3], r[4], r[5]), (model, x, y) => Tensors(model.Arithmetic(x, y)));

    [Theory]
    // a, b; a < b, a <= b, a == b as 1 or 0, and a where a < b, else b: a comparison with NaN does not hold
    [InlineData(NaN, 1f, 0f, 0f, 0f, 1f)]
    [InlineData(1f, NaN, 0f, 0f, 0f, NaN)]
    [InlineData(NaN, NaN, 0f, 0f, 0f, NaN)]
    [InlineData(-Infinity, Infinity, 1f, 1f, 0f, -Infinity)]
    [InlineData(Infinity, Infinity, 0f, 1f, 1f, Infinity)]
    [InlineData(0f, -0f, 0f, 1f, 1f, -0f)]
    public void Conditions_FollowTheirRule(float a, float b, params float[] expected) => Binary(a, b, expected, "Conditions",
        (session, x, y, r) => session.Conditions(x, y, r[0], r[1], r[2], r[3]), (model, x, y) => Tensors(model.Conditions(x, y)));

    /// <summary>Rows: NaN spreads over a row and no further; of a row of -∞ only Max and Sum are a number's; ∞ in a row makes its Softmax NaN.</summary>
    [Fact]
    public void Rows_KeepWhatIsNotFiniteToThemselves()
    {
        foreach (int n in (int[])[3, 16, 37])
            for (int place = 0; place < n; place += 2)
            {
                float[] x = Rows(n, place);
                float[][] r = [new float[5], new float[5], new float[5], new float[5 * n], new float[5 * n]];
                using var session = Session();
                session.Rows(x, r[0], r[1], r[2], r[3], r[4]);
                Tensor[] eager = Tensors(new NotFinite().Rows(new(x, 5, n)));
                for (int i = 0; i < r.Length; i++) AssertSame($"Rows {i} of {n}, special at {place}", eager[i], r[i]);
                Assert.Equal([NaN, Infinity, -Infinity], r[0][..3]);
                Assert.Equal(n == 1 ? -Infinity : 0.5f, r[0][3]);
                Assert.Equal([NaN, Infinity, -Infinity, -Infinity], r[1][..4]);
                Assert.All(r[3][..(3 * n)], p => Assert.Equal(NaN, p));
                Assert.Equal(0, r[3][3 * n + place]);
                Assert.All(r[3][(3 * n)..], p => Assert.InRange(p, 0, 1));
                Assert.All(r[4][..(4 * n)], y => Assert.Equal(NaN, y));
                Assert.All(r[4][(4 * n)..], y => Assert.True(float.IsFinite(y)));
            }
    }

    [Fact]
    public void Columns_KeepWhatIsNotFiniteToThemselves()
    {
        foreach (int n in (int[])[3, 16, 37])
            for (int place = 0; place < n; place += 2)
            {
                float[] x = Rows(n, place);
                float[][] r = [new float[n], new float[n], new float[25]];
                using var session = Session();
                session.Columns(x, r[0], r[1], r[2]);
                Tensor[] eager = Tensors(new NotFinite().Columns(new(x, 5, n)));
                for (int i = 0; i < r.Length; i++) AssertSame($"Columns {i} of {n}, special at {place}", eager[i], r[i]);
                Assert.Equal(NaN, r[0][place]);
                Assert.Equal(1, r[0].Count(float.IsNaN));
            }
    }

    [Fact]
    public void LossesAndAttention_AreTheEagerOnes()
    {
        foreach (int n in (int[])[3, 16, 37])
            for (int place = 0; place < n; place += 2)
            {
                float[] x = Rows(n, place);
                using var session = Session();
                foreach (float special in (float[])[NaN, Infinity, -Infinity])
                {
                    float[] mixed = new float[5 * n], tokens = Draw.Reals(5 * n);
                    tokens[5 * place + 2] = special;
                    session.Mixed(tokens, mixed);
                    AssertSame($"attention of {n}, {special} at {place}", new NotFinite().Mixed(new(tokens, n, 5)), mixed);
                }
                // A target of probability 0 costs ∞; the other rows are fine.
                float[] last = [.. x[(3 * n)..], .. x[(4 * n)..], .. x[(4 * n)..], .. x[(4 * n)..]];
                foreach (int label in (int[])[place, (place + 1) % n])
                {
                    int[] labels = [label, 0, 0, 0, 0];
                    float loss = session.Entropy(last, labels);
                    AssertSame($"cross-entropy of {n}", new NotFinite().Entropy(new(last, 5, n), new(labels, 5)), [loss]);
                    Assert.Equal(label == place, float.IsPositiveInfinity(loss));
                }
            }
    }

    /// <summary>A row with NaN, with ∞, of -∞ alone, with -∞, and without.</summary>
    static float[] Rows(int n, int place)
    {
        float[] x = [.. Enumerable.Repeat(0.5f, 2 * n), .. Enumerable.Repeat(-Infinity, n), .. Enumerable.Range(0, n).Select(i => i % 2 == 0 ? 0.5f : -0.25f), .. Draw.Reals(n)];
        (x[place], x[n + place], x[3 * n + place]) = (NaN, Infinity, -Infinity);
        if (place != 0) x[3 * n] = 0.5f;
        else if (n > 2) x[3 * n + 2] = 0.5f;
        return x;
    }

    static void Unary(float x, float[] expected, string what, Action<NotFinite.Session, float[], float[][]> compiled, Func<NotFinite, Tensor, Tensor[]> eager) =>
        Binary(x, 0, expected, what, (session, a, _, results) => compiled(session, a, results), (model, a, _) => eager(model, a));

    static void Binary(float a, float b, float[] expected, string what, Action<NotFinite.Session, float[], float[], float[][]> compiled, Func<NotFinite, Tensor, Tensor, Tensor[]> eager)
    {
        foreach (int n in lengths)
            foreach (int place in (int[])[0, n / 2, n - 1])
            {
                float[] first = [.. Enumerable.Repeat(0.75f, n)], second = [.. Enumerable.Repeat(0.5f, n)];
                (first[place], second[place]) = (a, b);
                float[][] results = [.. expected.Select(_ => new float[n])];
                using var session = Session();
                compiled(session, first, second, results);
                Tensor[] references = eager(new NotFinite(), new(first, n), new(second, n));
                for (int i = 0; i < expected.Length; i++)
                {
                    string which = $"{what} {i} of {a}, {b} at {place} of {n}";
                    AssertSame(which, references[i], results[i]);
                    AssertSame(which, new Tensor([expected[i]], 1), [results[i][place]]);
                    if (expected[i] == 0) Assert.Equal(float.IsNegative(expected[i]), float.IsNegative(results[i][place]));
                }
            }
    }

    /// <summary>NaN for NaN, ∞ for what fp32 cannot hold, and elsewhere the same up to rounding.</summary>
    static void AssertSame(string what, Tensor expected, float[] actual)
    {
        Assert.Equal(expected.Data.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            float e = (float)expected.Data[i];
            Assert.True(float.IsFinite(e) ? Math.Abs(actual[i] - e) <= 2e-5 * Math.Max(1, Math.Abs(e)) : e.Equals(actual[i]), $"{what}: element {i} is {actual[i]:g9}, expected {e:g9}");
        }
    }

    static NotFinite.Session Session()
    {
        using var weights = new Weights(NotFinite.Layout);
        return new(weights, Device.Cpu.WithThreads(1));
    }

    static Tensor[] Tensors(System.Runtime.CompilerServices.ITuple tuple) => [.. Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!)];
}
