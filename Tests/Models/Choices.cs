namespace ModelCompiler.Tests.Models;

/// <summary>Integers and conditions on the way to real results.</summary>
[Model, Dim("B", Max = 9), Dim("T", Max = 40)]
public sealed partial class Choices
{
    readonly Tensor kept = Parameter.Normal(1, 7);
    readonly Tensor other = Parameter.Normal(1, 7, 1);

    /// <summary>One-hot rows: [B, T, 7].</summary>
    public Tensor OneHot([Shape("B", "T")] Tensor<int> ids) =>
        Where(Equal(Range(7), ids.Reshape(ids.Length(0), ids.Length(1), 1)), 1, 0);

    /// <summary>The positions before each token's own number: [B, T].</summary>
    public Tensor Before([Shape("B", "T")] Tensor<int> ids) =>
        Where(Less(Range(ids.Length(1)), ids), Cast(Range(ids.Length(1))), -Cast(ids));

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids)
    {
        Tensor chosen = Where(LessOrEqual(ids.Reshape(ids.Length(0), ids.Length(1), 1), Range(7)), kept, 0.5 * other.Reshape(7));
        Tensor weighted = Sum(chosen * chosen * OneHot(ids), -1) + 0.01 * Before(ids).Reshape(ids.Length(0), ids.Length(1), 1);
        return Mean(Mean(Mean(weighted, 2), 1), 0).Reshape();
    }
}
