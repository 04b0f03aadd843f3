namespace ModelCompiler.Tests.Models;

/// <summary>Patches of four places: a dim divided by a constant that its Multiple allows, and merged with another.</summary>
[Model, Dim("B", Max = 5), Dim("T", Max = 24, Multiple = 4)]
public sealed partial class DividedDims
{
    readonly Linear embed = new(4 * 3, 8);
    readonly Linear back = new(8, 4 * 3);

    /// <summary>[B, T, 3] → [B, T / 4, 8], as [B · T / 4, 8].</summary>
    Tensor Patches(Tensor x) => embed.Forward(x.Reshape(x.Length(0) * (x.Length(1) / 4), 12));

    public Tensor Smooth([Shape("B", "T", "3")] Tensor x)
    {
        Tensor patches = Tanh(Patches(x)).Reshape(x.Length(0), x.Length(1) / 4, 8);
        Tensor around = patches - Mean(patches, 1);
        return back.Forward(around).Reshape(x.Length(0), x.Length(1), 3);
    }

    [Loss]
    public Tensor Loss([Shape("B", "T", "3")] Tensor x)
    {
        Tensor error = Smooth(x) - x;
        return Mean(Mean(Mean(error * error, 2), 1), 0).Reshape();
    }
}
