namespace ModelCompiler.Runtime.Training;

/// <summary>A kernel of a training step and what it costs at the largest dims.</summary>
/// <param name="Step">When it runs, in the numbers that buffers' lives are given in.</param>
/// <param name="Times">How often it runs in a training step.</param>
/// <param name="Flops">Floating-point operations of one run, a fused multiply-add as two.</param>
/// <param name="Bytes">Bytes of one run, each operand read or written once.</param>
/// <param name="IsBackward">Whether it belongs to the gradient.</param>
/// <param name="Name">As in generated code.</param>
/// <param name="Layer">Field path of the layer it computes; empty in the model's own body.</param>
public sealed record PlannedKernel(
    int Step, long Times, long Flops, long Bytes, bool IsBackward, string Name, string Layer);
