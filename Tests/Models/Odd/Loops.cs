namespace ModelCompiler.Tests.Models.Odd;

/// <summary>Three loops deep, backwards in the innermost, with a counted loop beside the middle one.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class LoopsInLoops
{
    readonly Outer[] outer = Repeat(2, () => new Outer());

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        foreach (Outer o in outer)
        {
            x = o.Forward(x);
            for (int i = 0; i < 2; i++) x = Tanh(o.Last.Forward(x)) + 0.5 * x;
        }
        return Mean(x * x);
    }
}

/// <summary>Layers around layers.</summary>
[Model]
public sealed partial class Outer
{
    readonly Inner[] inner = Repeat(3, () => new Inner());
    public Linear Last { get; } = new(4, 4);

    public Tensor Forward(Tensor x)
    {
        Tensor sum = x;
        foreach (Inner i in inner)
        {
            Tensor h = i.Forward(x);
            sum += h;
            x = Tanh(h);
        }
        return sum * 0.25;
    }
}

/// <summary>A loop backwards over layers.</summary>
[Model]
public sealed partial class Inner
{
    readonly Linear[] deep = Repeat(2, () => new Linear(4, 4));
    readonly Tensor gain = Parameter.Normal(1, 4);

    public Tensor Forward(Tensor x)
    {
        for (int i = 1; i >= 0; i--) x = Tanh(deep[i].Forward(x)) * gain;
        return x;
    }
}

/// <summary>One layer inside and outside of several loops, and the same layers walked over twice, once transposed.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class TiedAcrossLoops
{
    readonly Linear tied = new(4, 4);
    readonly Linear[] first = Repeat(3, () => new Linear(4, 4));
    readonly Linear[] second = Repeat(2, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor start = x;
        foreach (Linear l in first) x = Tanh(l.Forward(x) + MatMul(x, tied.Weight));
        foreach (Linear l in second) x = Tanh(l.Forward(x)) + MatMul(start, tied.Weight.T) + tied.Bias;
        foreach (Linear l in first) x = Tanh(MatMul(x, l.Weight.T)) + 0.1 * x;
        return Mean(tied.Forward(x) * x);
    }
}

/// <summary>A carried value that no parameter reaches, beside one that they do.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class LoopWithoutParameters
{
    readonly Linear l = new(4, 4);
    readonly Linear[] loop = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor noise = x * 0.5, sum = l.Forward(x);
        foreach (Linear k in loop)
        {
            noise = Tanh(noise * 1.5 + 0.1);
            sum = sum * noise + k.Forward(x);
        }
        return Mean(sum * noise);
    }
}

/// <summary>An element at a constant place changes in a loop, which is unrolled for it.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class KeptAtConstantPlace
{
    readonly Linear l = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        var kept = new Tensor[2];
        for (int i = 0; i < 3; i++)
        {
            x = Tanh(l.Forward(x));
            kept[0] = x * 2;
        }
        return Mean(kept[0] * x);
    }
}

/// <summary>Tensors collected in a loop that holds a loop, read backwards and at constant places.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class CollectedBesideNested
{
    readonly Linear[] down = Repeat(3, () => new Linear(4, 4));
    readonly Linear[] up = Repeat(3, () => new Linear(4, 4));
    readonly Linear mid = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        var kept = new Tensor[3];
        for (int i = 0; i < 3; i++)
        {
            for (int k = 0; k < 2; k++) x = Tanh(mid.Forward(x)) + x;
            x = Tanh(down[i].Forward(x));
            kept[i] = x * x;
        }
        for (int i = 2; i >= 0; i--) x = up[i].Forward(x) * kept[i] + kept[i];
        return Mean(x) + Mean(kept[1] * kept[0]);
    }
}

/// <summary>A local array that a loop filled, given to an operator and walked over.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class CollectedGivenAway
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        var s = new Tensor[3];
        for (int i = 0; i < 3; i++)
        {
            x = Tanh(l[i].Forward(x));
            s[i] = x;
            s[i] = s[i] * 2;
        }
        Tensor t = s[0];
        for (int i = 1; i < 3; i++) t += s[i];
        foreach (Tensor each in s) t = t * each;
        return Mean(t) + Mean(Concatenate(0, s));
    }
}

/// <summary>Collected products read transposed and at constant places.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class StackedPicked
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        var s = new Tensor[3];
        for (int i = 0; i < 3; i++)
        {
            x = Tanh(l[i].Forward(x));
            s[i] = MatMul(x.T, x);
        }
        Tensor y = x;
        for (int i = 2; i >= 0; i--) y = MatMul(y, s[i]) + l[i].Bias;
        return Mean(y) + Mean(MatMul(s[0].T, s[2])) + Mean(s[1]);
    }
}

/// <summary>Three carried tensors that change places.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class SwapInLoop
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor a = x, b = x * 2, c = x * x;
        foreach (var k in l) (a, b, c) = (b, c, Tanh(k.Forward(a)));
        return Mean(a * b + c);
    }
}

/// <summary>The value before the last.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class LocalFromLoop
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor last = x;
        Tensor prev = x;
        foreach (var k in l)
        {
            prev = last;
            last = Tanh(k.Forward(last));
        }
        return Mean(last * prev);
    }
}

/// <summary>Loops that never run.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class ZeroTrips
{
    readonly Linear l = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        for (int i = 0; i < 0; i++) x = l.Forward(x);
        for (int i = 3; i < 3; i++) x = x * i;
        return Mean(l.Forward(x));
    }
}

/// <summary>Loops that run once, and a layer that is its own neighbour.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class OneTrip
{
    readonly Linear[] l = Repeat(1, () => new Linear(4, 4));
    readonly Linear t = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        for (int i = 0; i < 1; i++) x = Tanh(t.Forward(x));
        for (int i = 0; i < l.Length; i++) x = Tanh(l[i].Forward(x));
        foreach (var k in l) foreach (var j in l) x = k.Forward(j.Forward(x));
        return Mean(x * x);
    }
}

/// <summary>A loop with a slot nobody reads, and one nobody reads at all.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class LoopWithUnreadResult
{
    readonly Linear[] l = Repeat(2, () => new Linear(4, 4));
    readonly Linear o = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor y = x, u = x;
        foreach (var k in l)
        {
            y = Tanh(k.Forward(y));
            u = u * y;
        }
        Tensor z = x;
        foreach (var k in l) z = k.Forward(z);
        return Mean(o.Forward(y));
    }
}

/// <summary>A fold in a fold.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class FoldOfFold
{
    readonly Group[] g = Repeat(2, () => new Group());

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x) =>
        Mean(Fold(g, x, (q, s) => Fold(q.Inner, s * q.Gain, (l, t) => Tanh(l.Forward(t)) + s)));
}

/// <summary>Layers in layers.</summary>
[Model]
public sealed partial class Group
{
    public Linear[] Inner { get; } = Repeat(2, () => new Linear(4, 4));
    public Tensor Gain { get; } = Parameter.Normal(1, 4);
}
