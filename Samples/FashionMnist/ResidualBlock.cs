namespace Samples.FashionMnist;

/// <summary>Two convolutions with a way around them, which is a convolution itself where the shape changes.</summary>
/// <param name="inputs">Channels of x.</param>
/// <param name="outputs">Channels of y.</param>
/// <param name="stride">Of the first convolution.</param>
[Model]
public sealed partial class ResidualBlock(int inputs, int outputs, int stride)
{
    readonly Conv2d before = new(inputs, outputs, 3, stride, padding: 1, bias: false);
    readonly Conv2d after = new(outputs, outputs, 3, padding: 1, bias: false);
    readonly BatchNorm first = new(outputs), second = new(outputs);
    readonly Conv2d? around = stride == 1 && inputs == outputs ? null : new(inputs, outputs, 1, stride, bias: false);
    readonly BatchNorm? third = stride == 1 && inputs == outputs ? null : new(outputs);

    /// <summary>Applies the block.</summary>
    /// <param name="x">[B, inputs, H, W]; fp32.</param>
    /// <returns>[B, outputs, H / stride, W / stride]; fp32.</returns>
    public Tensor Forward(Tensor x)
    {
        Tensor y = Relu(first.Forward(before.Forward(x)));
        y = second.Forward(after.Forward(y));
        Tensor shortcut = around is null ? x : third!.Forward(around.Forward(x));
        return Relu(y + shortcut);
    }
}
