using System.Collections.Generic;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>A line of CUDA C.</summary>
sealed record CudaLine(string Text) : LoopNode;

/// <summary>A header and a body in braces.</summary>
sealed record CudaBlock(string Header, IReadOnlyList<LoopNode> Body) : LoopNode;

/// <summary>
/// What a thread does with <see cref="Vector"/> neighbouring elements: loads of 16 bytes, then element by element, then
/// stores. <c>at</c> is the first one's place, <c>j</c> each one's.
/// </summary>
/// <param name="Vector">Elements; a power of two.</param>
/// <param name="Register">Where the first one's registers begin, in arrays kept between loops.</param>
/// <param name="Body">Element by element.</param>
sealed record CudaChunk(int Vector, string Register, IReadOnlyList<LoopNode> Body) : LoopNode;

/// <summary>Reads the elements of a chunk that lie side by side, and keeps them in an array if it names one.</summary>
sealed record CudaLoad(string Name, string Pointer, ElementType Type, string? Kept = null) : LoopNode
{
    /// <summary>Where in shared memory they are kept as well; null where they are not.</summary>
    public string? Shared { get; init; }
}

/// <summary>Writes the elements of a chunk side by side.</summary>
sealed record CudaStore(string Name, string Pointer, ElementType Type) : LoopNode;

/// <summary>Keeps an element in a register for the loops that follow.</summary>
sealed record CudaKeep(string Array, string Name) : LoopNode;
