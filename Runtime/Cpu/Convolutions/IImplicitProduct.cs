namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// A product C = A · B of each group whose operands are packed from where they lie in another form, and whose result is
/// written where it belongs. Columns are cut into chunks, k into slices; both follow from shapes alone.
/// </summary>
unsafe interface IImplicitProduct
{
    /// <summary>Products.</summary>
    int Groups { get; }

    /// <summary>Rows of A and C.</summary>
    int Rows { get; }

    /// <summary>Columns of A, rows of B.</summary>
    int Depth { get; }

    /// <summary>Chunks of columns.</summary>
    int Chunks { get; }

    /// <summary>Columns of the largest chunk, at most <see cref="GemmBlocking.ChunkColumns"/>.</summary>
    int LargestChunk { get; }

    /// <summary>Slices of k; at least 1, the only one of length 0 where there is no k.</summary>
    int Slices { get; }

    /// <summary>Columns of a chunk.</summary>
    int Columns(int chunk);

    /// <summary>Length of a slice, at most <see cref="GemmBlocking.Depth"/>.</summary>
    int Length(int slice);

    /// <summary>to[k, lane] = A[row + lane, k of the slice].</summary>
    void PackA(int group, int row, int valid, int slice, float* to, int lanes);

    /// <summary>Strips of [k of the slice, lanes], one after another, for all columns of a chunk.</summary>
    void PackB(int group, int chunk, int slice, float* staging, float* to, int lanes);

    /// <summary>Writes finished rows of a chunk where they belong.</summary>
    /// <param name="group">Which product.</param>
    /// <param name="chunk">Which columns.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="block">[rows, columns of the chunk], its rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">In elements.</param>
    void Store(int group, int chunk, int row, int rows, float* block, nint stride);
}
