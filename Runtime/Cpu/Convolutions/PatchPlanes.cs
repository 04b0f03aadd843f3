namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// Staged channels: what a tap meets at position (y, x) of channel c of image b is at
/// <c>Data[c · Channel + b · Image + y · Row + x + tap's offset]</c>, all counted from the stretch's first.
/// </summary>
unsafe struct PatchPlanes
{
    /// <summary>The first element that the first tap of the first position can meet.</summary>
    public float* Data;

    /// <summary>Elements from one channel to the next.</summary>
    public nint Channel;

    /// <summary>Elements from one image to the next.</summary>
    public nint Image;

    /// <summary>Elements from one row of positions to the next.</summary>
    public nint Row;

    /// <summary>Elements from one row of the source to the next.</summary>
    public nint SourceRow;

    /// <summary>Elements from one phase of a row to the next.</summary>
    public nint Phase;

    /// <summary>Phases of a row.</summary>
    public int Step;
}
