namespace ModelCompiler.Tests.Models.Odd;

/// <summary>Recurrent layers in a loop over layers: what a scan gives back is permuted, and so is its gradient.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class ScanInRepeat
{
    readonly Lstm[] layers = Repeat(2, () => new Lstm(4, 4));
    readonly LayerNorm[] norms = Repeat(2, () => new LayerNorm(4));

    [Loss]
    public Tensor Loss([Shape("B", "T", "4")] Tensor x)
    {
        for (int i = 0; i < layers.Length; i++) x = x + norms[i].Forward(layers[i].Forward(x));
        return Mean(x * x * x);
    }
}

/// <summary>A loop over layers in every step of a loop over time.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class FoldInScan
{
    readonly Linear[] loop = Repeat(2, () => new Linear(4, 4));
    readonly Tensor start = Parameter.Normal(1, 4);

    [Loss]
    public Tensor Loss([Shape("T", "B", "4")] Tensor x)
    {
        Tensor s0 = BroadcastTo(start, new Shape(x.Length(1), 4));
        var (last, all) = Scan(x, s0, (item, state) => Tanh(Fold(loop, item + state,
            (l, h) => l.Forward(h) + 0.5 * h)));
        return Mean(last * last) + Mean(all * x);
    }
}

/// <summary>A scan over a parameter's rows, and one over what it gave.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class ScanOverParameter
{
    readonly Linear l = new(4, 4);
    readonly Tensor table = Parameter.Normal(1, 5, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        var (last, all) = Scan(table, x, (row, state) => Tanh(l.Forward(state) * row));
        var (last2, all2) = Scan(all, last, (item, state) => item * state + 0.1);
        return Mean(last2) + Mean(all2 * all);
    }
}

/// <summary>A scan over the last axis of a product, read back in another order.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class ScanOfPermuted
{
    readonly Tensor w = Parameter.Normal(1, 4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "T", "4")] Tensor x)
    {
        Tensor p = Permute(MatMul(x, w), 2, 1, 0);
        var (l, a) = Scan(p, BroadcastTo(0.5, new Shape(x.Length(1), x.Length(0))), (i, s) => Tanh(i + s) );
        return Mean(l) + Mean(a * Permute(x, 2, 1, 0)) + Mean(Permute(a, 1, 2, 0) * 0.5);
    }
}

/// <summary>Only the last state of a scan is read, and it starts from the first item.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class ScanLastOnly
{
    readonly Tensor w = Parameter.Normal(1, 4);

    [Loss]
    public Tensor Loss([Shape("T", "B", "4")] Tensor x) => Mean(Scan(x, x[0] * w, (i, s) => Tanh(i * w + s)).Last);
}

/// <summary>Scans over stretches of an inner and of the outermost axis.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6, Min = 2)]
public sealed partial class ScanOfSlice
{
    readonly Tensor w = Parameter.Normal(1, 6);

    [Loss]
    public Tensor Loss([Shape("T", "B", "6")] Tensor x)
    {
        Tensor h = x * w;
        return Mean(Scan(Slice(h, 2, 1, 4), Slice(w, 0, 2, 4),
            (i, s) => Tanh(Mean(i, 0).Reshape(4) + s)).All)
                + Mean(Scan(Slice(h, 0, 1, x.Length(0) - 1), h[0], (i, s) => Tanh(i * s)).All);
    }
}

/// <summary>Scans over what is the same at every step.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class ScanOfBroadcast
{
    readonly Tensor w = Parameter.Normal(1, 4);

    [Loss]
    public Tensor Loss([Shape("T", "B", "4")] Tensor x) =>
        Mean(Scan(BroadcastTo(w, x.Shape), x[0], (i, s) => Tanh(i * 0.5 + s)).All * x)
            + Mean(Scan(BroadcastTo(w.Reshape(1, 4), new Shape(3, 4)), w, (i, s) => i * s).Last);
}

/// <summary>Three states that shift through each other.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class ScanThreeStates
{
    readonly Linear a = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("T", "B", "4")] Tensor x)
    {
        Tensor z = BroadcastTo(0, new Shape(x.Length(1), 4));
        var (last, all) = Scan(x, [z, a.Forward(z), x[0]], (i, s) => [s[1], s[2] + i, Tanh(a.Forward(s[0])) * i]);
        return Mean(last[0] * last[1]) + Mean(all[2] * x) + Mean(all[0]);
    }
}
