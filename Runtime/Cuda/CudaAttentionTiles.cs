using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>How attention is shared out among blocks, and their shared memory: the same numbers as at the top of
/// attention_tensor.cuh, attention_float.cuh and the kernels.</summary>
readonly record struct CudaAttentionTiles
{
    public int ForwardRows { get; private init; }

    public int ForwardThreads { get; private init; }

    public int ForwardSharedBytes { get; private init; }

    public int BackwardRows { get; private init; }

    public int BackwardThreads { get; private init; }

    /// <summary>Rows that a block of the backward pass walks at a time.</summary>
    public int BackwardStep { get; private init; }

    /// <summary>Blocks that share the columns of dk and dv.</summary>
    public int Chunks { get; private init; }

    public int QueriesSharedBytes { get; private init; }

    public int KeysSharedBytes { get; private init; }

    public int BiasSharedBytes { get; private init; }

    /// <summary>Rows of a block of attention_delta.</summary>
    public int DeltaRows { get; private init; }

    public static CudaAttentionTiles Of(in CudaAttentionShape shape, bool hasBias)
    {
        int rowLanes = 1;
        while (rowLanes * 8 < shape.ValueSize) rowLanes *= 2;
        CudaAttentionTiles tiles = shape.IsOnTensorCores ? OnTensorCores(shape, hasBias) : OnCores(shape);
        return tiles with { DeltaRows = 128 / rowLanes };
    }

    static CudaAttentionTiles OnTensorCores(in CudaAttentionShape shape, bool hasBias)
    {
        const int Rows = 64;
        int bytes = shape.ElementBytes, head = Padded(shape.HeadSize), value = Padded(shape.ValueSize);
        int width = Math.Max(head, value) * bytes / 2;
        int headRow = head * bytes + 16, valueRow = value * bytes + 16, both = headRow + valueRow;
        int keys = width <= 128 ? 64 : width <= 256 ? 32 : 16, step = width <= 64 ? 64 : width <= 128 ? 32 : 16;
        int stages = width <= 128 ? 2 : 1;
        int queriesApart = width <= (hasBias ? 64 : 128) ? 0 : Rows * headRow;
        return new CudaAttentionTiles
        {
            ForwardRows = Rows, ForwardThreads = 128,
            ForwardSharedBytes = Math.Max(2 * keys * both + queriesApart, Rows * valueRow),
            BackwardRows = Rows, BackwardThreads = 128, BackwardStep = step,
            Chunks = (Math.Max(head, value) + 127) / 128,
            QueriesSharedBytes = (Rows + stages * step) * both,
            KeysSharedBytes = (Rows + stages * step) * both + stages * 2 * step * sizeof(float),
            BiasSharedBytes = (Rows + step) * both,
        };
    }

    static CudaAttentionTiles OnCores(in CudaAttentionShape shape)
    {
        int widest = Math.Max(shape.HeadSize, shape.ValueSize);
        int both = RowBytes(shape.HeadSize) + RowBytes(shape.ValueSize), head = RowBytes(shape.HeadSize);
        int rows = widest <= 128 ? 64 : 32, tile = widest <= 64 ? 64 : widest <= 128 ? 32 : 16;
        int scoreRow = (tile + 4) * sizeof(float);
        return new CudaAttentionTiles
        {
            ForwardRows = rows, ForwardThreads = rows * 4, ForwardSharedBytes = rows * (head + scoreRow) + tile * both,
            BackwardRows = tile, BackwardThreads = tile * 4, BackwardStep = tile, Chunks = 1,
            QueriesSharedBytes = tile * (2 * both + scoreRow), KeysSharedBytes = tile * (2 * both + scoreRow),
            BiasSharedBytes = tile * 2 * both,
        };
    }

    static int Padded(int columns) => (columns + 15) / 16 * 16;

    /// <summary>An odd number of 16 bytes.</summary>
    static int RowBytes(int columns) => ((columns + 3) / 4 | 1) * 16;
}
