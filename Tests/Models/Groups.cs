namespace ModelCompiler.Tests.Models;

/// <summary>One layer: what it does is decided when it is made.</summary>
[Model]
public sealed partial class Choice(int width, bool isGated, double scale = 1)
{
    readonly Linear mix = new(width, width);
    readonly Linear? gate = isGated ? new Linear(width, width) : null;

    public Tensor Forward(Tensor x)
    {
        Tensor y = scale * Tanh(mix.Forward(x));
        return gate is null ? x + y : x + y * Sigmoid(gate.Forward(x));
    }

    static Tensor Sigmoid(Tensor x) => 0.5 + 0.5 * Tanh(0.5 * x);
}

/// <summary>Two kinds of layers in turn, and one more of the first kind at the end.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class Alternating
{
    readonly Choice[] layers = Repeat(5, i => new Choice(6, i % 2 == 1));

    public Tensor Apply([Shape("N", "6")] Tensor x)
    {
        foreach (Choice layer in layers) x = layer.Forward(x);
        return x;
    }

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x) => Mean(Apply(x) * Apply(x));
}

/// <summary>A first and a last layer of their own around equal ones.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class PeeledEnds
{
    const int Depth = 6;

    readonly Choice[] layers = Repeat(Depth, i => new Choice(6, i is 0 or Depth - 1, i == 0 ? 0.5 : 1));

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        foreach (Choice layer in layers) x = layer.Forward(x);
        return Mean(x * x) + Mean(layers[0].Forward(x)) * Mean(layers[3].Forward(x));
    }
}

/// <summary>Five local layers, then a global one, over and over, and some local ones at the end; walked over from both ends.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class FiveToOne
{
    const int Depth = 14;

    readonly Choice[] layers = Repeat(Depth, i => new Choice(4, i % 6 == 5));
    readonly LayerNorm[] norms = Repeat(Depth, i => new LayerNorm(i % 6 == 5 ? 4 : 4));
    readonly Choice[] others = Repeat(Depth, i => new Choice(4, i % 6 == 5, 0.5));

    [Loss]
    public Tensor Loss([Shape("N", "4")] Tensor x)
    {
        for (int i = 0; i < Depth; i++) x = others[i].Forward(x) + 0.5 * layers[i].Forward(x);
        for (int i = Depth - 1; i >= 0; i--) x = layers[i].Forward(x);
        foreach (LayerNorm norm in norms) x = norm.Forward(x);
        Tensor last = x;
        foreach (Choice layer in layers)
        {
            Tensor next = layer.Forward(x + 0.1 * last);
            (x, last) = (next, x);
        }
        return Mean(x * x + last);
    }
}

/// <summary>Layers that share one with all others, in stages that alternate themselves.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class SharedInGroups
{
    readonly Linear shared;
    readonly SharingStage[] stages;

    public SharedInGroups()
    {
        shared = new Linear(5, 5);
        stages = Repeat(4, i => new SharingStage(shared, i % 2 == 0));
    }

    [Loss]
    public Tensor Loss([Shape("N", "5")] Tensor x)
    {
        foreach (SharingStage stage in stages) x = stage.Forward(x);
        foreach (Choice layer in stages[1].Layers) x = layer.Forward(x);
        return Mean(x * x);
    }
}

[Model]
public sealed partial class SharingStage(Linear shared, bool isGated)
{
    public readonly Choice[] Layers = Repeat(3, i => new Choice(5, isGated && i == 2));

    public Tensor Forward(Tensor x)
    {
        foreach (Choice layer in Layers) x = layer.Forward(x) + shared.Forward(x);
        return Tanh(x);
    }
}

/// <summary>A row of layers whose creation counts: what each one is depends on how often that has happened.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class CountingRow
{
    readonly Choice[] layers;

    public CountingRow()
    {
        int k = 0;
        layers = Repeat(4, i =>
        {
            k = k + 1;
            return new Choice(6, false, k > 2 ? 0.5 : 1.0);
        });
    }

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        foreach (Choice layer in layers) x = layer.Forward(x);
        return Mean(x * x);
    }
}

/// <summary>The last layer uses the part that the one before it made.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class SharingNeighbours
{
    readonly SharingStage[] stages;

    public SharingNeighbours()
    {
        Linear kept = new(5, 5);
        stages = Repeat(5, i =>
        {
            kept = i < 4 ? new Linear(5, 5) : kept;
            return new SharingStage(kept, false);
        });
    }

    [Loss]
    public Tensor Loss([Shape("N", "5")] Tensor x)
    {
        foreach (SharingStage stage in stages) x = stage.Forward(x);
        return Mean(x * x);
    }
}

/// <summary>A loop that is tried and unrolled inside of another one, after a layer of a third row has been picked in it.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class PickedInATriedLoop
{
    readonly Choice[] others = Repeat(3, () => new Choice(6, false));
    readonly Choice[] layers = Repeat(4, i => new Choice(6, i % 2 == 0));

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        foreach (Choice layer in layers)
        {
            x = layer.Forward(x);
            Tensor z = others[1].Forward(x), y = z;
            for (int j = 0; j < 3; j++) z = Concatenate(0, z, others[2].Forward(z));
            x += Mean(z) * Mean(others[0].Forward(y));
        }
        return Mean(x * x);
    }
}

/// <summary>Layers told their index, of which only whether it is even decides anything; a period of two.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class ToldTheirIndex
{
    readonly Indexed[] layers = Repeat(6, i => new Indexed(5, i));

    [Loss]
    public Tensor Loss([Shape("N", "5")] Tensor x)
    {
        foreach (Indexed layer in layers) x = layer.Forward(x);
        return Mean(x * x);
    }
}

[Model]
public sealed partial class Indexed(int width, int index)
{
    readonly Linear mix = new(width, width);
    readonly double scale = index % 2 == 0 ? 1 : 0.5;

    public Tensor Forward(Tensor x) => x + scale * Tanh(mix.Forward(x));
}

/// <summary>Many reductions of rows, each of what the one before has made.</summary>
[Model, Dim("N", Max = 8)]
public sealed partial class ManyRowPasses
{
    readonly Linear first = new(6, 6);

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x)
    {
        x = first.Forward(x);
        for (int i = 1; i <= 40; i++) x = x * (1 + 0.01 / i) - 0.1 * Mean(x, 1);
        return Mean(x * x);
    }
}
