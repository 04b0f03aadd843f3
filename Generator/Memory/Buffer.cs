using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>Which memory a buffer lies in.</summary>
enum BufferKind
{
    /// <summary>The activation arena, at a planned offset.</summary>
    Arena,

    /// <summary>The parameter arena.</summary>
    Parameter,

    /// <summary>The gradient arena, laid out like the parameters.</summary>
    Gradient,

    /// <summary>A span the caller passes in.</summary>
    Input,

    /// <summary>A span the caller passes in for a result.</summary>
    Output,
}

/// <summary>A piece of memory that one or more values have in turn.</summary>
sealed class Buffer(BufferKind kind, string name, Shape shape, StorageType storage)
{
    public BufferKind Kind { get; } = kind;

    /// <summary>A C# identifier, unique among those of its kind: a gradient is called like its parameter.</summary>
    public string Name { get; set; } = name;

    public Shape Shape { get; } = shape;
    public StorageType Storage { get; } = storage;

    /// <summary>
    /// For a buffer of the arena: the region whose values it holds; inside a loop, the same memory each iteration.
    /// </summary>
    public Region? Frame { get; init; }

    /// <summary>Elements at the largest dims.</summary>
    public long Length => Shape.Size.Maximum;

    /// <summary>Bytes at the largest dims.</summary>
    public long Bytes => Length * Storage.Bytes();

    /// <summary>Words of four bytes at the largest dims: what offsets are counted in.</summary>
    public long Words => (Bytes + 3) / 4;

    /// <summary>In words of four bytes from the start of its memory.</summary>
    public long Offset { get; set; }

    /// <summary>First step of the schedule at which it holds something.</summary>
    public int Start { get; set; } = int.MaxValue;

    /// <summary>Last step of the schedule at which it is read.</summary>
    public int End { get; set; } = -1;
}
