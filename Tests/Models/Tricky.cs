namespace ModelCompiler.Tests.Models;

/// <summary>A product that dies in a kernel which reads it transposed: the kernel's result must not lie over it.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class ReadTransposed
{
    readonly Linear first = new(6, 6), second = new(6, 6);
    readonly Tensor bias = Parameter.Normal(1, 1);

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        Tensor scores = MatMul(first.Forward(x), second.Forward(x).T);
        Tensor mixed = Tanh(scores).T + bias;
        return Mean(MatMul(mixed, x));
    }
}

/// <summary>A row sum read by row and by column: the normalisation of graph networks.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class ReadByColumn
{
    readonly Linear weights = new(6, 6);

    public Tensor Normalized([Shape("N", "N")] Tensor a)
    {
        Tensor degree = Rsqrt(Sum(a, -1));
        return a * degree * degree.Reshape(1, a.Shape[0]);
    }

    [Loss]
    public Tensor Loss([Shape("N", "N")] Tensor a, [Shape("N", "6")] Tensor x) => Mean(MatMul(Normalized(a), weights.Forward(x)));
}

/// <summary>Two row results of one kernel of which one could lie over what the other reads.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class TwoRowResults
{
    readonly Linear wide = new(6, 9), narrow = new(6, 5), left = new(1, 3), right = new(1, 3);

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        Tensor b = Sum(Exp(wide.Forward(x)), -1), s = Sum(narrow.Forward(x), -1);
        Tensor twice = s * 2, product = s * b;
        return Mean(left.Forward(twice) + right.Forward(product));
    }
}

/// <summary>Two carried values that one matrix product updates.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class TwoSlotsOneProduct
{
    readonly Linear[] layers = Repeat(3, () => new Linear(6, 6));

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        Tensor sum = x, product = x;
        foreach (Linear layer in layers)
        {
            Tensor p = MatMul(x, layer.Weight) + layer.Bias;
            sum += p;
            product *= p;
        }
        return Mean(sum) + Mean(product);
    }
}

/// <summary>A value from outside a loop, kept for each of its iterations.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class KeptFromOutside
{
    const int Depth = 3;

    readonly Linear[] layers = Repeat(Depth, () => new Linear(6, 6));

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        Tensor outside = Relu(x);
        var kept = new Tensor[Depth];
        for (int i = 0; i < Depth; i++)
        {
            x = Tanh(layers[i].Forward(x));
            kept[i] = outside;
        }
        for (int i = 0; i < Depth; i++) x += layers[i].Forward(kept[i]);
        return Mean(x * x);
    }
}

/// <summary>A loop inside a loop that must be unrolled after it was tried as a loop.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class GrowingInside
{
    readonly Linear[] layers = Repeat(2, () => new Linear(6, 6));
    readonly Linear last = new(24, 6);

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        foreach (Linear layer in layers)
        {
            Tensor y = x;
            for (int k = 0; k < 2; k++) y = Concatenate(-1, y, y * Mean(layer.Bias));
            x = last.Forward(y) + layer.Forward(x);
        }
        return Mean(x * x);
    }
}

/// <summary>Integers compared with a range are no labels: any value may come in.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class Segments
{
    public Tensor Sums([Shape("N")] Tensor<int> segments, [Shape("N")] Tensor x) =>
        Sum(Where(Equal(Range(4).Reshape(4, 1), segments), x, 0), -1);
}

/// <summary>Locals with the names of members.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class LikeItsMembers
{
    const int Hidden = 5;

    readonly Linear up = new(6, Hidden), down = new(Hidden, 3);

    public Tensor Logits([Shape("N", "6")] Tensor x)
    {
        Tensor hidden = Relu(up.Forward(x));
        Tensor logits = Tanh(down.Forward(hidden));
        return logits;
    }

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        Tensor loss = Mean(Logits(x) * Logits(x));
        return loss;
    }
}

/// <summary>A loss of shape [1, 1], slots that swap through a reshape, and a long chain with a value used twice in every step.</summary>
[Model]
public sealed partial class OddShapes
{
    readonly Tensor a = Parameter.Normal(1, 2, 3), b = Parameter.Normal(1, 3, 2);

    [Loss]
    public Tensor Loss([Shape("6")] Tensor x)
    {
        Tensor p = a, q = b;
        for (int i = 0; i < 3; i++) (p, q) = (Tanh(q.Reshape(2, 3)), p.Reshape(3, 2));
        Tensor z = p.Reshape(1, 6);
        for (int i = 1; i <= 300; i++) z = z - z * z / (i + 400.0);
        return MatMul(z * x * x, z.Reshape(6, 1)) + Mean(q * q);
    }
}
