namespace ModelCompiler.Lowering;

/// <summary>What one kernel of a schedule costs at the largest dims.</summary>
/// <param name="Step">When it runs, in the numbers that buffers' lives are given in.</param>
/// <param name="Name">Of its struct, or of what it computes where it has none.</param>
/// <param name="Layer">Field path of the layer it computes; empty in the model's own body.</param>
/// <param name="IsBackward">Whether it belongs to the gradient.</param>
/// <param name="Times">How often it runs in a step: the trip counts of the loops around it.</param>
/// <param name="Flops">Floating-point operations of one run.</param>
/// <param name="Bytes">Bytes of one run, each operand once.</param>
sealed record KernelCost(int Step, string Name, string Layer, bool IsBackward, long Times, long Flops, long Bytes);
