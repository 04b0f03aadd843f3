using System;
using System.Numerics;

namespace ModelCompiler.Runtime.Cuda;

/// <content>The gradient of a gather: places sorted by row, then summed in order.</content>
public static unsafe partial class CudaRows
{
    const int Digits = 256, KeysOfBlock = 2048, PlacesOfPart = 64;   // as in scatter_add.cu

    /// <summary>Bytes of scratch memory that <see cref="ScatterAdd"/> needs.</summary>
    /// <param name="count">Rows to add.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Elements of a row.</param>
    public static long ScratchBytes(long count, long height, long width) => new Layout(count, height, width).Bytes;

    /// <summary>Adds rows into a table of zeros, in the order of the rows:
    /// <c>result[rows[i], ..] += values[i, ..]</c>.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of the values: fp32, bf16 or f16.</param>
    /// <param name="values">[count, width].</param>
    /// <param name="rows">[count] int32; those outside of the result are left out.</param>
    /// <param name="result">[height, width] fp32; what it held is lost.</param>
    /// <param name="count">Rows to add.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="height">Rows of the result, below 2³¹.</param>
    /// <param name="scratch">[<see cref="ScratchBytes"/>], a multiple of 256; overwritten.</param>
    /// <param name="error">One 64-bit word that was 0: see <see cref="TryReadError"/>. 0 where rows were checked.
    /// </param>
    /// <remarks>A row's values are added in order of place, in parts that depend on the places only: equal inputs give
    /// equal bits.</remarks>
    public static void ScatterAdd(KernelLibrary library, CudaStream stream, CudaDataType element, ulong values,
        ulong rows, ulong result, long count, long width, long height, ulong scratch, ulong error = 0)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(stream);
        if (height == 0 || width == 0) return;
        if (count == 0)
        {
            stream.Clear(result, height * width * sizeof(float));
            return;
        }
        var layout = new Layout(count, height, width);
        (ulong keys, ulong places) = Sort(library, stream, element, rows, count, height, scratch, layout, error);
        Sum(library, stream, element, values, result, count, width, height, scratch, layout, keys, places);
    }

    static (ulong Keys, ulong Places) Sort(KernelLibrary library, CudaStream stream, CudaDataType element, ulong rows,
        long count, long height, ulong scratch, in Layout layout, ulong error)
    {
        string define = CudaElements.Define(element);
        CudaKernel countDigits = library.Get("scatter_add", "sort_count", define);
        CudaKernel scan = library.Get("scatter_add", "sort_scan", define);
        CudaKernel move = library.Get("scatter_add", "sort_move", define);
        int blocks = CudaElements.Blocks(count, KeysOfBlock), length = checked(blocks * Digits);
        ulong counts = scratch + (ulong)layout.Counts, fromKeys = rows, fromPlaces = 0;
        uint bound = checked((uint)height);
        int passes = (BitOperations.Log2(bound) + 8) / 8;       // rows up to height itself, which stands for wrong ones
        int shift = 0;
        ulong toKeys, toPlaces;
        void** counting = stackalloc void*[] { &counts, &fromKeys, &count, &bound, &shift, &error };
        void** scanning = stackalloc void*[] { &counts, &length };
        void** moving = stackalloc void*[]
        {
            &toKeys, &toPlaces, &fromKeys, &fromPlaces, &counts, &count, &bound, &shift,
        };
        for (int pass = 0; pass < passes; pass++, shift += 8, error = 0)
        {
            toKeys = scratch + (ulong)(pass % 2 == 0 ? layout.Keys0 : layout.Keys1);
            toPlaces = scratch + (ulong)(pass % 2 == 0 ? layout.Places0 : layout.Places1);
            countDigits.Launch(stream, CudaLaunchShape.Of(blocks, 256), counting);
            scan.Launch(stream, CudaLaunchShape.Of(1, 1024), scanning);
            move.Launch(stream, CudaLaunchShape.Of(blocks, 256), moving);
            (fromKeys, fromPlaces) = (toKeys, toPlaces);
        }
        return (fromKeys, fromPlaces);
    }

    static void Sum(KernelLibrary library, CudaStream stream, CudaDataType element, ulong values, ulong result,
        long count, long width, long height, ulong scratch, in Layout layout, ulong keys, ulong places)
    {
        string define = CudaElements.Define(element);
        ulong bounds = scratch + (ulong)layout.Bounds, parts = scratch + (ulong)layout.Parts;
        uint bound = (uint)height;
        void** bounding = stackalloc void*[] { &bounds, &keys, &count, &bound };
        library.Get("scatter_add", "row_bounds", define).Launch(stream,
            CudaLaunchShape.Of(CudaElements.Blocks(height + 1, 256), 256), bounding);

        int size = CudaElements.Size(element), pack = 16 / size;
        bool isPacked = width % pack == 0 && ((values | result) & 15) == 0;
        long packs = isPacked ? width / pack : width;
        int threads = 1;
        while (threads < 128 && threads < packs) threads *= 2;
        void** summing = stackalloc void*[]
        {
            &result, &parts, &values, &keys, &places, &bounds, &count, &width, &bound,
        };
        int ofBlock = 128 / threads, all = CudaElements.Blocks(count, PlacesOfPart);
        library.Get("scatter_add", isPacked ? "sum_parts" : "sum_parts_single", define).Launch(stream,
            new CudaLaunchShape(CudaElements.Blocks(all, ofBlock), CudaElements.Blocks(packs, threads), 1, threads,
                ofBlock), summing);

        threads = 32;
        while (threads < 256 && threads < width) threads *= 2;
        void** finishing = stackalloc void*[] { &result, &parts, &keys, &bounds, &width, &bound };
        library.Get("scatter_add", "sum_rows", define).Launch(stream,
            new CudaLaunchShape(CudaElements.Blocks(height, 256 / threads), 1, 1, threads, 256 / threads), finishing);
    }

    /// <summary>Where each array lies in scratch memory, in bytes.</summary>
    readonly struct Layout
    {
        public Layout(long count, long height, long width)
        {
            long list = CudaElements.Aligned(count * sizeof(uint));
            long blocks = (count + KeysOfBlock - 1) / KeysOfBlock, parts = (count + PlacesOfPart - 1) / PlacesOfPart;
            (Keys0, Places0, Keys1, Places1, Counts) = (0, list, 2 * list, 3 * list, 4 * list);
            Bounds = Counts + CudaElements.Aligned(blocks * Digits * sizeof(uint));
            Parts = Bounds + CudaElements.Aligned((height + 1) * sizeof(uint));
            Bytes = Parts + CudaElements.Aligned(2 * parts * width * sizeof(float));
        }

        public long Keys0 { get; }
        public long Places0 { get; }
        public long Keys1 { get; }
        public long Places1 { get; }
        public long Counts { get; }
        public long Bounds { get; }
        public long Parts { get; }
        public long Bytes { get; }
    }
}
