using System.IO;
using System.Text;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>The text that stands in front of every kernel: types, conversions, accesses of 16 bytes, reductions, random
/// numbers, functions. It is Runtime/Cuda/Kernels/prelude.cuh.</summary>
/// <example><code>
/// string source = CudaPrelude.With("twice.cu", """
///     extern "C" __global__ void twice(float* x, int count) {
///         int i = blockIdx.x * 256 + threadIdx.x;
///         if (i &lt; count) x[i] *= 2;
///     }
///     """);
/// </code></example>
public static class CudaPrelude
{
    const string Resource = "prelude.cuh";

    /// <summary>CUDA C++ without any header.</summary>
    public static string Text { get; } = Read();

    /// <summary>The prelude and a text behind it, each of whose lines the compiler knows by its own file and number.
    /// </summary>
    /// <param name="name">Of the text, such as "gpt.cu".</param>
    /// <param name="kernels">CUDA C++.</param>
    public static string With(string name, string kernels) =>
        $"#line 1 \"{Resource}\"\n{Text}\n#line 1 \"{name.Replace('\\', '/').Replace('"', '\'')}\"\n{kernels}\n";

    static string Read()
    {
        using Stream stream = typeof(CudaPrelude).Assembly.GetManifestResourceStream(Resource)
            ?? throw new FileNotFoundException($"{Resource} is not among the resources of ModelCompiler.Runtime.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
