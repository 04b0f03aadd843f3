namespace ModelCompiler.Lowering;

/// <summary>What one statement of a step costs on a device of CUDA, at the largest dims.</summary>
/// <param name="Kind">generated, product, attention, routine or copy.</param>
/// <param name="Name">Of a generated kernel as its text has it, or of what is computed.</param>
/// <param name="Layer">Field path of the layer it computes; empty in the model's own body.</param>
/// <param name="IsBackward">Whether it belongs to the gradient.</param>
/// <param name="Times">How often it runs in a step.</param>
/// <param name="Launches">Kernels that it is, one after another.</param>
/// <param name="Flops">Floating-point operations of one run.</param>
/// <param name="Bytes">Bytes of one run, each operand once.</param>
/// <param name="Seconds">Of one run, predicted for an H200.</param>
sealed record LaunchCost(string Kind, string Name, string Layer, bool IsBackward, long Times, int Launches, long Flops,
    long Bytes, double Seconds);
