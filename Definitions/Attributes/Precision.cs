namespace ModelCompiler;

/// <summary>
/// How numbers are stored between kernels, and how products read their operands. Kernels compute in fp32, sums are
/// fp32, and so are parameters, their gradients, what optimizers keep, states and results.
/// </summary>
public enum Precision
{
    /// <summary>Everything in fp32.</summary>
    Float32,

    /// <summary>
    /// Everything stored in fp32; matrix products, convolutions and attention round their operands to 10 bits of
    /// mantissa, as tensor cores do. On CUDA convolutions, and products of matrices none of whose axes is dense, are
    /// not computed by tensor cores and keep all digits.
    /// </summary>
    TensorFloat32,

    /// <summary>
    /// Activations and their gradients in 16 bits with fp32's range: half the memory and traffic, and no scaling of the
    /// loss.
    /// </summary>
    BFloat16,

    /// <summary>
    /// Activations and their gradients in IEEE binary16: three more bits of mantissa than <see cref="BFloat16"/> and a
    /// range to 65,504, for which the trainer scales the loss.
    /// </summary>
    Float16,

    /// <summary>
    /// Operands of matrix products in 8 bits with a scale for each tensor, everything else as <see cref="BFloat16"/>.
    /// </summary>
    Float8,
}
