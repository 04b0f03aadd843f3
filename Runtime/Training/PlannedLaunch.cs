namespace ModelCompiler.Runtime.Training;

/// <summary>What one statement of a step costs on a device of CUDA, at the largest dims.</summary>
/// <param name="Kind">generated, for a kernel of the model's own; product, for cuBLASLt's; attention; routine, for
/// another kernel of the runtime; copy.</param>
/// <param name="Name">Of the kernel in its text where it is generated, or of what is computed.</param>
/// <param name="Layer">Field path of the layer it computes; empty in the model's own body.</param>
/// <param name="Part">forward, backward or update.</param>
/// <param name="Times">How often it runs in a step.</param>
/// <param name="Launches">Kernels that it is, one after another.</param>
/// <param name="Flops">Floating-point operations of one run.</param>
/// <param name="Bytes">Bytes of one run: each operand once, as it is stored.</param>
/// <param name="Nanoseconds">Of one run, predicted for an H200.</param>
/// <remarks><para><b>Error</b>: a prediction from rates of large copies and products; small kernels are no faster than
/// a launch.</para></remarks>
/// <example><code>
/// double seconds = trainer.Plan!.Launches.Sum(l => l.Times * l.Nanoseconds) * 1e-9;
/// </code></example>
public sealed record PlannedLaunch(string Kind, string Name, string Layer, string Part, long Times, long Launches,
    long Flops, long Bytes, long Nanoseconds);
