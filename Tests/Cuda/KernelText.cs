using System.IO;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda;

/// <summary>The kernels of <c>Tests/Cuda/Kernels</c>, with the prelude in front.</summary>
static class KernelText
{
    /// <param name="name">Of the file, such as "softmax.cu".</param>
    public static string Of(string name) => CudaPrelude.With(name, File.ReadAllText(Path.Combine(Repository.Root, "Tests", "Cuda", "Kernels", name)));
}
