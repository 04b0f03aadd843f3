using System.Collections.Generic;

namespace ModelCompiler.Runtime.Cuda.Embedding;

/// <summary>A text of kernels that a program asks for, with what it is compiled with.</summary>
/// <param name="Name">In messages, such as "attention_forward.cu".</param>
/// <param name="Source">The whole of it.</param>
/// <param name="Options">Of NVRTC, besides the architecture and C++17.</param>
sealed record PackedText(string Name, string Source, IReadOnlyList<string> Options)
{
    /// <summary>Where it is found in a pack.</summary>
    public CacheKey Key { get; } = CubinPack.KeyOf(Source, [.. Options]);
}
