namespace ModelCompiler.Infrastructure;

/// <summary>
/// What [Precision] asks for where a value was recorded; the attribute's enum, by number. It is no type: what a value
/// is stored as, the passes decide.
/// </summary>
enum PrecisionLevel
{
    /// <summary>Everything in fp32.</summary>
    Float32,

    /// <summary>Stored in fp32; products round their operands to 10 bits of mantissa.</summary>
    TensorFloat32,

    /// <summary>Activations and their gradients in bf16.</summary>
    BFloat16,

    /// <summary>Activations and their gradients in f16, the loss scaled.</summary>
    Float16,

    /// <summary>Operands of products in 8 bits with a scale each, everything else as in bf16.</summary>
    Float8,

    /// <summary>Where gradients of a layer in <see cref="Float8"/> are recorded: never asked for.</summary>
    Float8Gradient,
}
