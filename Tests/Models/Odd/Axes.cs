namespace ModelCompiler.Tests.Models.Odd;

/// <summary>Gradients through comparisons with parameters on both sides, nested choices, maxima and minima.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class ThroughChoices
{
    readonly Linear a = new(4, 4), b = new(4, 4);
    readonly Tensor edge = Parameter.Normal(0.3, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor p = a.Forward(x), q = b.Forward(x);
        Tensor y = Where(p < q, p * q, Where(q > edge, p - q, q * edge));
        y = Where(LessOrEqual(Abs2(y), 0.1), y, Maximum(y, Minimum(p, q)));
        return Mean(y * y) + Mean(Where(Equal(Relu(p), 0.0), q, p));
    }
    static Tensor Abs2(Tensor x) => Maximum(x, -x);
}

/// <summary>Each operand is the wider one along some axis.</summary>
[Model, Dim("B", Max = 8), Dim("T", Max = 9)]
public sealed partial class BothWays
{
    readonly Tensor row = Parameter.Normal(1, 4), column = Parameter.Normal(1, 9, 1), scalar = Parameter.Normal(1, 1);

    [Loss]
    public Tensor Loss([Shape("B", "1", "4")] Tensor x, [Shape("T", "1")] Tensor y)
    {
        Tensor c = Slice(column, 0, 0, y.Length(0));
        Tensor z = x * c + y * row;
        Tensor w = Tanh(z) * (x + scalar) / (2 + y * y) - c;
        return Mean(w * z + scalar);
    }
}

/// <summary>Reductions over first, middle and neighbouring axes, read together.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class MiddleAxes
{
    readonly Linear l = new(3, 3);

    public Tensor Peaks([Shape("B", "T", "5", "3")] Tensor x) => Max(Sum(x * x, 1), 2);

    [Loss]
    public Tensor Loss([Shape("B", "T", "5", "3")] Tensor x)
    {
        Tensor h = l.Forward(x);
        Tensor m = Max(h, 2), s = Sum(h, 1), n = Mean(Exp(h), 0);
        return Mean(m * s) + Mean(Sum(Sum(h * n, 2), 0) * Max(Max(h, 0), 1));
    }
}

/// <summary>Nothing is longer than 1 but the batch, and that may be 1 as well.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class OnesEverywhere
{
    readonly Linear a = new(1, 1), b = new(1, 3), c = new(3, 1);
    readonly LayerNorm norm = new(3);
    readonly Linear[] loop = Repeat(1, () => new Linear(1, 1));

    [Loss]
    public Tensor Loss([Shape("B", "1")] Tensor x)
    {
        foreach (Linear l in loop) x = x + l.Forward(a.Forward(x));
        Tensor y = Sum(Max(x, 1), 1) * Mean(x, 0);
        Tensor z = c.Forward(norm.Forward(b.Forward(y))) + MatMul(x.T, x) + Softmax(x);
        return MatMul(Sum(z, 0), x.Reshape(x.Length(0), 1, 1)[0]).Reshape(1);
    }
}

/// <summary>A dim divided by two and by four, sliced at its middle.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 16, Multiple = 4)]
public sealed partial class Multiples
{
    readonly Linear l = new(6, 5);
    readonly Linear pooled = new(3, 3);

    public Tensor Pooled([Shape("B", "T", "3")] Tensor x) =>
        Mean(x.Reshape(x.Length(0), x.Length(1) / 4, 4, 3), 2).Reshape(x.Length(0), x.Length(1) / 4, 3);

    [Loss]
    public Tensor Loss([Shape("B", "T", "3")] Tensor x)
    {
        Dim half = x.Length(1) / 2;
        Tensor y = l.Forward(x.Reshape(x.Length(0), half, 6));
        Tensor first = Slice(x, 1, 0, half), second = Slice(x, 1, half, half);
        return Mean(y * y) + Mean(pooled.Forward(first) * second) + Mean(pooled.Forward(Pooled(x)));
    }
}

/// <summary>Every combination of transposed operands, of products of products.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class TransposedAll
{
    readonly Tensor p = Parameter.Normal(1, 4, 6), q = Parameter.Normal(1, 6, 4), r = Parameter.Normal(1, 4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor a = MatMul(x, p), b = MatMul(x, q.T), c = MatMul(p.T, x.T), d = MatMul(q, x.T);
        Tensor e = MatMul(a.T, b), f = MatMul(c, d.T), g = MatMul(MatMul(a, a.T).T, b), h = MatMul(p.T, MatMul(r.T,
            q.T)).T;
        return Mean(Tanh(e + f)) + Mean(g) + Mean(h * e)
            + Mean(MatMul(Permute(a.Reshape(a.Length(0), 2, 3), 1, 0, 2), Permute(b.Reshape(b.Length(0), 2, 3), 1,
                2, 0)));
    }
}

/// <summary>Slices from a symbolic end, of slices, padded back, and of rows.</summary>
[Model, Dim("B", Max = 8), Dim("T", Max = 9, Min = 4)]
public sealed partial class Slices
{
    readonly Linear l = new(3, 3);

    [Loss]
    public Tensor Loss([Shape("B", "T", "3")] Tensor x)
    {
        Tensor h = l.Forward(x);
        Tensor last = Slice(h, 1, x.Length(1) - 1, 1), rest = Slice(h, 1, 0, x.Length(1) - 1),
            inner = Slice(Slice(h, 1, 1, 3), -1, 1, 2);
        Tensor shifted = Pad(rest, 1, 1, x.Length(1));
        return Mean(last * Mean(rest, 1)) + Mean(inner * inner) + Mean(shifted * h)
            + Mean(h[0] * Slice(h, 2, 2, 1)) + Mean(Concatenate(1, last, shifted, rest));
    }
}

/// <summary>Batched products whose operands broadcast, of parameters alone as well.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class BatchedProducts
{
    readonly Tensor w = Parameter.Normal(1, 3, 4, 2), v = Parameter.Normal(1, 1, 2, 4), u = Parameter.Normal(1, 4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "1", "T", "4")] Tensor x)
    {
        Tensor y = MatMul(x, w), z = MatMul(y, v), s = MatMul(z, Permute(x, 0, 1, 3, 2));
        return Mean(MatMul(s, z) * MatMul(x, u)) + Mean(MatMul(w, v)) + Mean(MatMul(v.T, MatMul(w.T, u)));
    }
}

/// <summary>Operators whose operands are the same tensor.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class SameOperandTwice
{
    readonly Linear l = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor h = l.Forward(x);
        h = h - h * 0 + h / h + Maximum(h, h) + Where(Less(h, h), h, h) + Concatenate(1, h,
            h).Reshape(x.Length(0) * 2, 4)[0];
        return Mean(MatMul(h, h.T)) + Mean(h - h);
    }
}

/// <summary>A loss of quotients and sums of means.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class SeveralMeans
{
    readonly Linear a = new(4, 4), b = new(4, 4);

    public Tensor A([Shape("B", "4")] Tensor x) => a.Forward(x);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x, [Shape("4")] Tensor w)
    {
        Tensor p = A(x), q = b.Forward(p);
        return Mean(p * w) * Mean(q) / (1 + Mean(p * p)) + Mean(Log(1 + Exp(q))) - Mean(Sqrt(1 + p * p));
    }
}

/// <summary>Lengths and products of lengths as numbers.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 8, Multiple = 2)]
public sealed partial class DividedByLengths
{
    readonly Linear a = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "T", "4")] Tensor x)
    {
        Tensor h = a.Forward(x);
        Tensor s = Sum(Sum(h, 1), 0) / Value(x.Length(0) * x.Length(1)) + Value(x.Length(1) / 2) * 0.1;
        return Mean(s * h) * Value(x.Shape.Size);
    }
}

/// <summary>Softmax over a middle axis by permutations and written out, and a norm whose gain is a stretch.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class SoftmaxOverMiddle
{
    readonly Linear a = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "T", "4")] Tensor x)
    {
        Tensor h = a.Forward(x);
        Tensor p = Permute(Softmax(Permute(h, 0, 2, 1)), 0, 2, 1);
        Tensor e = Exp(h - Max(h, 1));
        Tensor q = e / Sum(e, 1);
        return Mean(p * x) + Mean(q * x * x)
            + Mean(LayerNorm(h.T, Sum(x, 2).Reshape(x.Length(0), x.Length(1))[0], Slice(x, 2, 0,
                1)[0].Reshape(x.Length(1))));
    }
}
