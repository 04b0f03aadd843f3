#pragma warning disable xUnit1025 // rows of 0 and -0 are two
using System;
using System.Linq;
using System.Runtime.CompilerServices;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>As <see cref="NotFiniteTests"/>, of further operators; <c>LesserProcessorTests</c> runs these again as well.</summary>
public sealed class NotFiniteOperatorTests
{
    const float Infinity = float.PositiveInfinity, NaN = float.NaN;

    static readonly int[] lengths = [1, 16, 37];

    [Theory]
    // x; Abs, Sign, Square, Floor, Round, Sin, Cos, Log1p
    [InlineData(NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN)]
    [InlineData(Infinity, Infinity, 1f, Infinity, Infinity, Infinity, NaN, NaN, Infinity)]
    [InlineData(-Infinity, Infinity, -1f, Infinity, -Infinity, -Infinity, NaN, NaN, NaN)]
    [InlineData(0f, 0f, 0f, 0f, 0f, 0f, 0f, 1f, 0f)]
    [InlineData(-0f, 0f, -0f, 0f, -0f, -0f, -0f, 1f, -0f)]
    [InlineData(-1f, 1f, -1f, 1f, -1f, -1f, -0.84147098f, 0.54030231f, -Infinity)]
    [InlineData(2.5f, 2.5f, 1f, 6.25f, 2f, 2f, 0.59847214f, -0.80114362f, 1.25276297f)]
    [InlineData(-2.5f, 2.5f, -1f, 6.25f, -3f, -2f, -0.59847214f, -0.80114362f, NaN)]
    public void Functions_FollowTheirRule(float x, params float[] expected) => Check(x, 0, expected, "Functions",
        (session, a, _, r) => session.Functions(a, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]), (model, a, _) => Tensors(model.Functions(a)));

    [Theory]
    // x; Softplus, Silu, LeakyRelu, Clamp, x³, x^0.3
    [InlineData(NaN, NaN, NaN, NaN, NaN, NaN, NaN)]
    [InlineData(Infinity, Infinity, Infinity, Infinity, 1f, Infinity, Infinity)]
    [InlineData(-Infinity, 0f, NaN, -Infinity, -1f, -Infinity, Infinity)]
    [InlineData(0f, 0.69314718f, 0f, 0f, 0f, 0f, 0f)]
    [InlineData(-2f, 0.12692801f, -0.23840584f, -0.02f, -1f, -8f, NaN)]
    public void Activations_FollowTheirRule(float x, params float[] expected) => Check(x, 0, expected, "Activated",
        (session, a, _, r) => session.Activated(a, r[0], r[1], r[2], r[3], r[4], r[5]), (model, a, _) => Tensors(model.Activated(a)));

    [Theory]
    // a, b; a^b, a > b, a >= b, a != b, a > 0 and b > 0, not (a > 0) or b > 0
    [InlineData(NaN, 1f, NaN, 0f, 0f, 1f, 0f, 1f)]
    [InlineData(1f, NaN, 1f, 0f, 0f, 1f, 0f, 0f)]
    [InlineData(NaN, NaN, NaN, 0f, 0f, 1f, 0f, 1f)]
    [InlineData(NaN, 0f, 1f, 0f, 0f, 1f, 0f, 1f)]
    [InlineData(Infinity, -Infinity, 0f, 1f, 1f, 1f, 0f, 0f)]
    [InlineData(Infinity, Infinity, Infinity, 0f, 1f, 0f, 1f, 1f)]
    [InlineData(-Infinity, 3f, -Infinity, 0f, 0f, 1f, 0f, 1f)]
    [InlineData(0f, -1f, Infinity, 1f, 1f, 1f, 0f, 1f)]
    [InlineData(0f, 0f, 1f, 0f, 1f, 0f, 0f, 1f)]
    [InlineData(-2f, 0.5f, NaN, 0f, 0f, 1f, 0f, 1f)]
    public void Pairs_FollowTheirRule(float a, float b, params float[] expected) => Check(a, b, expected, "Pairs",
        (session, x, y, r) => session.Pairs(x, y, r[0], r[1], r[2], r[3], r[4], r[5]), (model, x, y) => Tensors(model.Pairs(x, y)));

    /// <summary>Rows with NaN, with ∞, of -∞ alone, with -∞, and without: each keeps to itself what it holds.</summary>
    [Fact]
    public void Rows_FollowTheirRule()
    {
        foreach (int n in (int[])[3, 16, 37])
            for (int place = 0; place < n; place += 2)
            {
                float[] x = [.. Enumerable.Repeat(0.5f, 2 * n), .. Enumerable.Repeat(-Infinity, n), .. Enumerable.Range(0, 2 * n).Select(i => i % 3 - 0.75f)];
                (x[place], x[n + place], x[3 * n + place]) = (NaN, Infinity, -Infinity);
                float[][] r = [new float[5], new float[5], new float[5 * n], new float[5], new float[5], new float[5], new float[5 * n], new float[5 * n]];
                using var session = Session();
                session.Rows(x, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]);
                Tensor[] eager = Tensors(new NotFiniteOperators().Rows(new(x, 5, n)));
                for (int i = 0; i < r.Length; i++) AssertSame($"Rows {i} of {n}, special at {place}", eager[i], r[i]);
                Assert.Equal([NaN, 0.5f, -Infinity, -Infinity], r[0][..4]);
                Assert.Equal([NaN, Infinity, -Infinity], r[1][..3]);
                Assert.True(float.IsFinite(r[1][3]) && float.IsFinite(r[1][4]));
                Assert.Equal([place, place, 0f], r[4][..3]);
                Assert.Equal([place, place == 0 ? 1f : 0f, 0f, place], r[5][..4]);
            }
    }

    static void Check(float a, float b, float[] expected, string what, Action<NotFiniteOperators.Session, float[], float[], float[][]> compiled,
        Func<NotFiniteOperators, Tensor, Tensor, Tensor[]> eager)
    {
        foreach (int n in lengths)
            foreach (int place in (int[])[0, n / 2, n - 1])
            {
                float[] first = [.. Enumerable.Repeat(0.75f, n)], second = [.. Enumerable.Repeat(0.5f, n)];
                (first[place], second[place]) = (a, b);
                float[][] results = [.. expected.Select(_ => new float[n])];
                using var session = Session();
                compiled(session, first, second, results);
                Tensor[] references = eager(new NotFiniteOperators(), new(first, n), new(second, n));
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

    static NotFiniteOperators.Session Session()
    {
        using var weights = new Weights(NotFiniteOperators.Layout);
        return new(weights, Device.Cpu.WithThreads(1));
    }

    static Tensor[] Tensors(ITuple tuple) => [.. Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!)];
}
