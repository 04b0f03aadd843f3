namespace ModelCompiler.IR;

/// <summary>Operations that only the compiler records.</summary>
static class Structure
{
    /// <summary>An argument of the entry point.</summary>
    public static readonly Primitive Input = Of("input", "an argument of the entry point");

    /// <summary>A trainable tensor; stacked layers give it a leading axis.</summary>
    public static readonly Primitive Parameter = Of("parameter", "a trainable tensor");

    /// <summary>A loop; its results are read by <see cref="Carried"/> and <see cref="Stacked"/>.</summary>
    public static readonly Primitive Loop = Of("loop", "a body that runs count times");

    /// <summary>A carried slot within the body.</summary>
    public static readonly Primitive Carry = Of("carry", "a carried slot within an iteration");

    /// <summary>A carried slot after the loop.</summary>
    public static readonly Primitive Carried = Of("carried", "a carried slot after the last iteration");

    /// <summary>All iterations of a body value.</summary>
    public static readonly Primitive Stacked = Of("stacked", "all iterations of a body value, [count, ..]");

    /// <summary>This iteration's slice of a [count, ..] value.</summary>
    public static readonly Primitive At = Of("at", "this iteration's slice of a [count, ..] value");

    /// <summary>The reverse of <see cref="Pick"/>: zero but for one slice.</summary>
    public static readonly Primitive Place = Of("place", "zeros but for one constant slice");

    /// <summary>A slice at a constant place: <c>Axes[0]</c>.</summary>
    public static readonly Primitive Pick = new("pick", PrimitiveKind.Structure,
        "one constant slice of a [count, ..] value",
        PrimitiveFacet.None, d => [Tensor.Apply(Place, d.Attributes, d.ShapeOf(0), d.Dy)]);

    /// <summary>What the trainer multiplies the loss by, so that small gradients of 16 bits do not vanish.</summary>
    public static readonly Primitive LossScale = new("loss_scale", PrimitiveKind.Source,
        "what the trainer multiplies the loss by", PrimitiveFacet.None);

    /// <summary>The same numbers stored in another type: what a product reads of what is stored in another.</summary>
    public static readonly Primitive Convert = new("convert", PrimitiveKind.Elementwise,
        "the same numbers stored in another type", new PrimitiveFacet { Formula = "{0}", Cuda = "{0}" });

    /// <summary>
    /// The same numbers in 8 bits, times a scale. Attributes: <c>Start</c>, the number of its first scale;
    /// <c>Axes[0]</c>, how many leading axes are apart, each slice with a scale; <c>Window[0]</c>, its scales in all,
    /// those of the iterations of loops around it included.
    /// </summary>
    public static readonly Primitive Quantize = new("quantize", PrimitiveKind.Kernel,
        "the same numbers in 8 bits, times a scale", new PrimitiveFacet
        {
            Inputs = 1,
            Broken = v => v.Shape.Equals(v.Inputs[0].Shape) ? null : $"is {v.Shape} by its input",
        });

    static Primitive Of(string name, string meaning) =>
        new(name, PrimitiveKind.Structure, meaning, PrimitiveFacet.None);
}
