namespace ModelCompiler.Runtime.Cpu;

/// <summary>Leaves the product as it is.</summary>
public unsafe struct NoEpilogue : IGemmEpilogue
{
    /// <inheritdoc/>
    public readonly void Apply(float* tile, nint tileStride, int outer, int inner, int row, int column, int rows,
        int columns)
    {
    }
}
