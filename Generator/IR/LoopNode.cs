using System.Collections.Generic;

namespace ModelCompiler.IR;

/// <summary>
/// The loop level of the IR: what one kernel does, as loops over C# expressions. Vectors have 16 elements of four
/// bytes; conditions are vectors of all-ones or all-zero elements.
/// </summary>
abstract record LoopNode;

/// <summary>A remark for the reader.</summary>
sealed record Remark(string Text) : LoopNode;

/// <summary>A new local that never changes.</summary>
sealed record Let(string Type, string Name, string Expression) : LoopNode;

/// <summary>A local that a loop adds to.</summary>
sealed record LetAccumulator(string Name, string Identity) : LoopNode;

/// <summary>A counted loop.</summary>
sealed record For(string Type, string Variable, string From, string To, IReadOnlyList<LoopNode> Body) : LoopNode;

/// <summary>
/// A loop in steps of one vector, and once more over what is left if the length is not known to be a multiple: there,
/// loads, stores and accumulations touch only the elements that exist.
/// </summary>
sealed record VectorFor(string Variable, string From, string To, bool HasTail, IReadOnlyList<LoopNode> Body) : LoopNode;

/// <summary>Reads a vector at a pointer, converted to fp32 from what it is stored as.</summary>
sealed record LoadVector(string Name, string Pointer, StorageType Storage, string Stride = "1") : LoopNode;

/// <summary>Writes a vector at a pointer, rounded to what it is stored as.</summary>
sealed record StoreVector(string Pointer, string Value, StorageType Storage = StorageType.Float32) : LoopNode;

/// <summary>Writes the first element of a vector that holds one number everywhere.</summary>
sealed record StoreScalar(string Pointer, string Value, StorageType Storage = StorageType.Float32) : LoopNode;

/// <summary>Combines a vector into an accumulator: <c>{0}</c> is the accumulator, <c>{1}</c> the value.</summary>
sealed record Accumulate(string Name, string Formula, string Value, string Identity) : LoopNode;
