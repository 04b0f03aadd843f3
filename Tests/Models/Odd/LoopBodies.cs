namespace ModelCompiler.Tests.Models.Odd;

/// <summary>A loop over layers inside a loop over the same ones: the inner one is unrolled.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class SameLayersTwice
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor s = x;
        foreach (var a in l) foreach (var b in l)
        {
            x = Tanh(b.Forward(x) + MatMul(x, a.Weight));
            s = s * 0.5 + x * a.Bias;
        }
        return Mean(s * x);
    }
}

/// <summary>The same with counters.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class SameLayersCounted
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor s = x;
        for (int i = 0; i < 3; i++)
        {
            Tensor h = l[i].Forward(x);
            for (int j = 2; j >= 0; j--)
            {
                h = Tanh(l[j].Forward(h));
                x = x + h * l[i].Bias;
            }
            s = s + x;
        }
        return Mean(s * x);
    }
}

/// <summary>Integers from outside a loop, cast, gathered by and compared with inside.</summary>
[Model, Dim("B", Max = 8), Dim("T", Max = 9)]
public sealed partial class IntegersInLoops
{
    readonly Embedding e = new(3, 4);
    readonly Embedding positions = new(9, 4);
    readonly Linear[] loop = Repeat(2, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = e[ids] + positions[Range(ids.Length(1))];
        foreach (Linear l in loop) x = Tanh(l.Forward(x)) * Cast(ids).Reshape(ids.Length(0), ids.Length(1),
            1) + e[targets];
        Tensor mask = Where(Equal(ids, targets), 1, 0.5);
        return CrossEntropy(MatMul(x, e.Weight.T), targets) * Mean(mask);
    }
}

/// <summary>Rows of transposed tables, outside and inside a loop, whose own and whose layers' they are.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class GatherTransposed
{
    readonly Tensor t = Parameter.Normal(1, 4, 3);
    readonly Linear[] l = Repeat(2, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids)
    {
        Tensor x = Gather(t.T, ids);
        foreach (var k in l) x = Tanh(k.Forward(x)) + Gather(t.T, ids) * Gather(k.Weight.T, ids);
        return Mean(x * x);
    }
}

/// <summary>Parts joined in every iteration, and joined results whose gradient is a stretch of one number.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class ConcatenateInLoop
{
    readonly Linear[] l = Repeat(2, () => new Linear(8, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor y = x;
        foreach (var k in l) y = Tanh(k.Forward(Concatenate(1, y, x)));
        return Mean(Concatenate(0, y, y * 2, x));
    }
}

/// <summary>Shifted copies in a loop.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class PadInLoop
{
    readonly Linear[] l = Repeat(2, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        foreach (var k in l)
        {
            Tensor p = Pad(k.Forward(x), 1, 1, 5);
            x = Tanh(Slice(p, 1, 0, 4)) + Slice(p, 1, 1, 4) * x;
        }
        return Mean(x * x);
    }
}

/// <summary>A condition from outside a loop beside one from inside.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class ConditionFromOutside
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor<bool> c = x > 0;
        Tensor y = x;
        foreach (var k in l) y = Where(c, k.Forward(y), Where(k.Bias < y, y * 0.5, x));
        return Mean(y * y);
    }
}

/// <summary>A running maximum from a number on.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class MaximumInLoop
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor m = BroadcastTo(-9, new Shape(1, 4));
        foreach (var k in l)
        {
            x = Tanh(k.Forward(x));
            m = Maximum(m, Max(x, 0));
        }
        return Mean(m * m) + Mean(x);
    }
}

/// <summary>Layers taken by constant places inside and outside of a loop over them.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class LayersPicked
{
    readonly Linear[] l = Repeat(4, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        x = l[3].Forward(l[0].Forward(x));
        foreach (var k in l) x = Tanh(k.Forward(x) + MatMul(x, l[1].Weight.T));
        return Mean(x * l[l.Length - 1].Bias);
    }
}

/// <summary>What does not change in a loop, computed outside, inside, and read transposed.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class InvariantProduct
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));
    readonly Tensor a = Parameter.Normal(1, 4, 5), b = Parameter.Normal(1, 5, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor ab = MatMul(a, b);
        Tensor s = Softmax(ab);
        foreach (var k in l) x = Tanh(MatMul(x, ab) + MatMul(k.Forward(x), s.T)) + MatMul(x, MatMul(a, b));
        return Mean(x);
    }
}

/// <summary>A carried tensor that is transposed in every iteration.</summary>
[Model]
public sealed partial class TransposedCarry
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("4", "4")] Tensor x)
    {
        foreach (var k in l) x = Tanh(k.Forward(x)).T;
        return Mean(x * x.T) + Mean(x * x);
    }
}

/// <summary>A carried tensor that is cut anew in every iteration.</summary>
[Model]
public sealed partial class ReshapedCarry
{
    readonly Linear[] l = Repeat(3, () => new Linear(2, 2));

    [Loss]
    public Tensor Loss([Shape("4", "2")] Tensor x)
    {
        foreach (var k in l) x = Permute(k.Forward(x).Reshape(2, 2, 2), 2, 0, 1).Reshape(4, 2) + x.T.Reshape(4, 2);
        return Mean(x * x);
    }
}

/// <summary>Two carried tensors that are halves of one product.</summary>
[Model, Dim("B", Max = 4)]
public sealed partial class SlicedCarry
{
    readonly Linear[] l = Repeat(3, () => new Linear(4, 8));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor y = x;
        foreach (var k in l)
        {
            Tensor h = k.Forward(x);
            x = Slice(h, 1, 0, 4);
            y = Slice(h, 1, 4, 4);
        }
        return Mean(x * y);
    }
}

/// <summary>Rows added up and taken back in a loop.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class ScatterInLoop
{
    readonly Linear[] l = Repeat(2, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T", "4")] Tensor x)
    {
        foreach (var k in l)
        {
            Tensor t = ScatterAdd(Tanh(k.Forward(x)), ids, 3);
            x = x + Gather(t, ids) * 0.1;
        }
        return Mean(x * x);
    }
}

/// <summary>Gradients that stop in and around a loop.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class DetachedPaths
{
    readonly Linear l = new(4, 4), k = new(4, 4);
    readonly Linear[] loop = Repeat(2, () => new Linear(4, 4));

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        Tensor h = l.Forward(x);
        foreach (Linear p in loop) h = Tanh(p.Forward(Detach(h))) + Detach(k.Forward(h)) * h;
        return Mean(h * Detach(h)) + Mean(k.Forward(Detach(x)));
    }
}
