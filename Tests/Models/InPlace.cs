namespace ModelCompiler.Tests.Models;

/// <summary>Scores that die in a kernel which reads them plain and transposed.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class ReadBothWays
{
    readonly Linear first = new(6, 6), second = new(6, 6);

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        Tensor scores = MatMul(first.Forward(x), second.Forward(x).T);
        Tensor mixed = Tanh(scores) * scores.T;
        return Mean(MatMul(mixed, x));
    }
}

/// <summary>Scores that a kernel reads again after it has written what it computes of them.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class ReadAgainAfterAWrite
{
    readonly Linear first = new(6, 6), second = new(6, 6);

    public Tensor Mixed([Shape("N", "6")] Tensor x)
    {
        Tensor scores = MatMul(first.Forward(x), second.Forward(x).T);
        Tensor raised = Exp(scores - Max(scores, -1));
        Tensor again = scores * Sum(raised, -1);
        return MatMul(raised, x) + MatMul(again, x) * x;
    }

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x) => Mean(Mixed(x) * x);
}

/// <summary>Scores of which every row needs the first row, and the first column.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class ReadFirstOfAll
{
    readonly Linear first = new(6, 6), second = new(6, 6);

    public Tensor Mixed([Shape("N", "6")] Tensor x)
    {
        Tensor scores = MatMul(first.Forward(x), second.Forward(x).T), others = MatMul(second.Forward(x), first.Forward(x).T);
        Tensor rows = Tanh(scores) * Slice(scores, 0, 0, 1);
        Tensor columns = Tanh(others) * Slice(others, 1, 0, 1);
        return MatMul(rows, x) * MatMul(columns, x);
    }

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x) => Mean(Mixed(x));
}

/// <summary>Rows that are normalised, cut anew and scaled by numbers of their own, each over what it is computed of.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class RowsInPlace
{
    readonly Linear wide = new(6, 20);
    readonly Tensor narrow = Parameter.Normal(0.5, 5, 5);

    public Tensor Numbers([Shape("N", "6")] Tensor x)
    {
        Tensor cut = Tanh(wide.Forward(x)).Reshape(4 * x.Shape[0], 5);
        Tensor s = MatMul(cut, narrow);
        Tensor sum = Sum(s, -1), over = Sum(s * sum, -1);
        return Exp(over * 0.1) * over;
    }

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x) => Mean(Softmax(Numbers(x).Reshape(x.Shape[0], 4)) * Numbers(x).Reshape(x.Shape[0], 4));
}

/// <summary>Carried matrices of which one may be replaced where it lies and the other is read transposed while it is.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class SlotsInPlace
{
    readonly Linear first = new(6, 6), second = new(6, 6);

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        Tensor plain = MatMul(first.Forward(x), second.Forward(x).T), turned = MatMul(second.Forward(x), first.Forward(x).T);
        for (int i = 0; i < 3; i++)
        {
            plain = Tanh(plain) * 0.5 + plain;
            turned = Tanh(turned.T) * 0.5 + turned;
        }
        return Mean(MatMul(plain, x) * MatMul(turned, x));
    }
}
