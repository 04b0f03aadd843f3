namespace Demo;

[Model, Dim("B", Max = 8)]
public sealed partial class TiedLoops
{
    readonly Linear shared = new(6, 6);
    readonly Layer[] layers = Repeat(3, () => new Layer(6));

    [Loss]
    public Tensor Loss([Shape("B", "6")] Tensor x)
    {
        Tensor h = shared.Forward(x);
        foreach (Layer layer in layers) h = layer.Forward(h) + shared.Forward(h);
        return Mean(Mean(h * h, 1), 0).Reshape();
    }
}

[Model]
public sealed partial class Layer(int width)
{
    readonly LayerNorm norm = new(width);
    readonly Linear mix = new(width, width);

    public Tensor Forward(Tensor x) => Tanh(mix.Forward(norm.Forward(x)));
}
