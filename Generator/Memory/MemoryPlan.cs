using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>Where everything lies: what <see cref="PlanMemory"/> decides and what later stages read.</summary>
sealed class MemoryPlan
{
    /// <summary>Buffers of the arena in order of offset.</summary>
    public List<Buffer> Buffers { get; } = [];

    /// <summary>The arena's length in words of four bytes at the largest dims.</summary>
    public long ArenaLength { get; set; }

    /// <summary>Parameters and their place in the parameter (and gradient) arena.</summary>
    public Dictionary<Value, Buffer> Parameters { get; } = [];

    /// <summary>The parameter arena's length in elements: what is trained, then states.</summary>
    public long ParameterLength { get; set; }

    /// <summary>
    /// The part of it that training changes by gradients, in front of frozen parameters and states: the gradient
    /// arena's length.
    /// </summary>
    public long TrainableLength { get; set; }

    /// <summary>Values with memory of their own, by buffer.</summary>
    public Dictionary<Value, Address> Addresses { get; } = [];

    /// <summary>
    /// Copies to make before a loop, at the start and at the end of each iteration, and at the end of the graph.
    /// </summary>
    public Dictionary<Loop, LoopCopies> Copies { get; } = [];

    /// <summary>Copies after everything else: results and gradients that could not be written in place.</summary>
    public List<Copy> FinalCopies { get; } = [];

    /// <summary>Copies of new states into the parameter arena, once a step has succeeded.</summary>
    public List<Copy> StateCopies { get; } = [];

    /// <summary>Where a value lies; views, slices and loops' results lie in what they show.</summary>
    public Address AddressOf(Value value)
    {
        if (Addresses.TryGetValue(value, out Address? address)) return address;
        if (value.Is(Structure.At)) return Start(value.Inputs[0]).Plus(new(value.Loop, 0, value.Shape.Size));
        if (value.Is(Structure.Pick)) return Start(value.Inputs[0])
            .Plus(new(null, value.Attributes.Axes[0], value.Shape.Size));
        if (value.Is(Structure.Carried)) return AddressOf(value.Loop!.Carried[value.Loop.Results.IndexOf(value)]);
        if (value.Op.Kind == PrimitiveKind.View && value.Inputs.Length == 1) return AddressOf(value.Inputs[0]);
        throw new System.InvalidOperationException($"{value} has no memory.");
    }

    /// <summary>The buffer that a value lies in, if it has been placed.</summary>
    public Buffer? BufferOf(Value value)
    {
        if (Addresses.TryGetValue(value, out Address? address)) return address.Buffer;
        if (value.Is(Structure.Carried)) return BufferOf(value.Loop!.Carried[value.Loop.Results.IndexOf(value)]);
        bool isShown = value.Is(Structure.At) || value.Is(Structure.Pick) || value.Op.Kind == PrimitiveKind.View
            && !value.IsStored;
        return isShown && value.Inputs.Length > 0 ? BufferOf(value.Inputs[0]) : null;
    }

    /// <summary>Where a stack's first element is: a stretch of a longer one starts behind what precedes it.</summary>
    Address Start(Value stack) => Strided.Of(stack) is { } strided && strided.Offset != 0
        ? AddressOf(stack).Plus(new(null, 1, strided.Offset))
        : AddressOf(stack);

    /// <summary>
    /// Words behind the arena in which a target without a low form of some routine widens its operands; its lowering
    /// decides.
    /// </summary>
    public long ScratchLength { get; set; }

    /// <summary>Numbers behind that: the scales of tensors in 8 bits.</summary>
    public long ScaleLength { get; set; }

    public long ArenaBytes => (ArenaLength + ScratchLength + (ScaleLength + 15) / 16 * 16) * 4;
}

/// <summary>
/// The elements of one value moved to the memory of another, in order; where that is of another storage type,
/// converted.
/// </summary>
sealed record Copy(Value From, Address To, string Why);

sealed class LoopCopies
{
    public List<Copy> Before { get; } = [];
    public List<Copy> AtStart { get; } = [];
    public List<Copy> AtEnd { get; } = [];
}
