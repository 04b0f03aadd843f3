using System.Collections.Generic;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>The kernels of a model as generated code has them.</summary>
/// <param name="Name">Of the model, for messages.</param>
/// <param name="Text">CUDA C behind the prelude.</param>
/// <param name="Names">Of the kernels, in the order of their numbers.</param>
public sealed record CudaKernelText(string Name, string Text, IReadOnlyList<string> Names);
