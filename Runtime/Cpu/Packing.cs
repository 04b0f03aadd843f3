using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Copies a strip of a matrix into the order in which tiles read it. The strip runs along k; it has a fixed number of
/// lanes across: rows of A, or columns of B.
/// </summary>
static unsafe partial class Packing
{
    // of a strip: 4 KiB, which stay in the first-level cache until all lanes are written
    const int TransposedElements = 1024;

    const int RowsAhead = 8;        // some hundred cycles

    const int StripsOfRun = 4;      // more streams of stores would push each other out of a first-level cache

    /// <summary>to[i, j] = from[j · across + i · along], and 0 for the lanes that the matrix does not have.</summary>
    /// <param name="from">The strip's first element.</param>
    /// <param name="across">Elements from one lane to the next.</param>
    /// <param name="along">Elements from one k to the next.</param>
    /// <param name="valid">Lanes that exist, 1 to <paramref name="lanes"/>.</param>
    /// <param name="depth">Length of the strip.</param>
    /// <param name="to">[depth, lanes].</param>
    /// <param name="lanes">Lanes of a tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Strip(float* from, nint across, nint along, int valid, int depth, float* to, int lanes)
    {
        if (across == 1)
        {
            if (valid == lanes) CopyLanes(from, along, depth, to, lanes);
            else CopyValidLanes(from, along, valid, depth, to, lanes);
            return;
        }
        int quads = 0, depthQuads = 0;
        if (along == 1 && Sse.IsSupported)
        {
            (quads, depthQuads) = (valid / 4 * 4, depth / 4 * 4);
            int step = TransposedElements / lanes / 4 * 4;
            for (int start = 0; start < depthQuads; start += step)
            {
                int end = Math.Min(start + step, depthQuads);
                float* strip = to + (nint)start * lanes;
                for (int j = 0; j < quads; j += 4) TransposeLanes(from + j * across + start, across, end - start,
                    strip + j, lanes);
            }
        }
        Rest(from, across, along, quads, valid, 0, depthQuads, to, lanes);
        Rest(from, across, along, 0, valid, depthQuads, depth, to, lanes);
    }

    /// <summary>Strips of neighbouring lanes, one after another: as <see cref="Strip"/> does each.</summary>
    /// <param name="from">The first strip's first element.</param>
    /// <param name="across">Elements from one lane to the next.</param>
    /// <param name="along">Elements from one k to the next.</param>
    /// <param name="valid">Lanes of all strips together that exist.</param>
    /// <param name="depth">Length of the strips.</param>
    /// <param name="to">[strips, depth, lanes].</param>
    /// <param name="lanes">Lanes of a tile.</param>
    public static void Strips(float* from, nint across, nint along, int valid, int depth, float* to, int lanes)
    {
        int lane = 0;
        // Rows in memory are read in long runs, of a few strips: each line comes once, and each page.
        if (across == 1)
            for (; lane + StripsOfRun * lanes <= valid; lane += StripsOfRun * lanes)
                CopyRuns(from + lane, along, depth, to + (nint)lane * depth, lanes);
        for (; lane < valid; lane += lanes)
            Strip(from + lane * across, across, along, Math.Min(lanes, valid - lane), depth, to + (nint)lane * depth,
                lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyRuns(float* from, nint along, int depth, float* to, int lanes)
    {
        nint next = (nint)depth * lanes;
        for (int i = 0; i < depth; i++, from += along, to += lanes)
        {
            float* strip = to;
            float* lane = from;
            if (Sse.IsSupported) PrefetchRun(from + RowsAhead * along, StripsOfRun * lanes);
            for (int s = 0; s < StripsOfRun; s++, strip += next, lane += lanes)
            {
                int j = 0;
                for (; j + 16 <= lanes; j += 16) Vector512.Load(lane + j).Store(strip + j);
                for (; j + 4 <= lanes; j += 4) Vector128.Load(lane + j).Store(strip + j);
                for (; j < lanes; j++) strip[j] = lane[j];
            }
        }
    }

    /// <summary>Asks for a later row; what lies behind the last is never read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void PrefetchRun(float* from, int count)
    {
        for (int i = 0; i < count; i += 16) Sse.Prefetch0(from + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyLanes(float* from, nint along, int depth, float* to, int lanes)
    {
        for (int i = 0; i < depth; i++, from += along, to += lanes)
        {
            int j = 0;
            for (; j + 16 <= lanes; j += 16) Vector512.Load(from + j).Store(to + j);
            for (; j + 4 <= lanes; j += 4) Vector128.Load(from + j).Store(to + j);
            for (; j < lanes; j++) to[j] = from[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyValidLanes(float* from, nint along, int valid, int depth, float* to, int lanes)
    {
        for (int i = 0; i < depth; i++, from += along, to += lanes)
        {
            int j = 0;
            for (; j + 16 <= lanes; j += 16) Vectors.LoadPartial(from + j, Math.Clamp(valid - j, 0, 16)).Store(to + j);
            for (; j < lanes; j++) to[j] = j < valid ? from[j] : 0;
        }
    }

    /// <summary>Four lanes of a strip from four rows of the matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TransposeLanes(float* from, nint across, int depth, float* to, int lanes)
    {
        float* third = from + 2 * across;
        for (int i = 0; i < depth; i += 4, from += 4, third += 4, to += 4 * lanes)
        {
            if ((i & 15) == 0) PrefetchRows(from + 4 * across, across);
            Vector128<float> r0 = Vector128.Load(from), r1 = Vector128.Load(from + across);
            Vector128<float> r2 = Vector128.Load(third), r3 = Vector128.Load(third + across);
            Vector128<float> low01 = Sse.UnpackLow(r0, r1), low23 = Sse.UnpackLow(r2, r3);
            Vector128<float> high01 = Sse.UnpackHigh(r0, r1), high23 = Sse.UnpackHigh(r2, r3);
            Sse.MoveLowToHigh(low01, low23).Store(to);
            Sse.MoveHighToLow(low23, low01).Store(to + lanes);
            Sse.MoveLowToHigh(high01, high23).Store(to + 2 * lanes);
            Sse.MoveHighToLow(high23, high01).Store(to + 3 * lanes);
        }
    }

    /// <summary>Asks for the lines that the next four lanes read at the same k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void PrefetchRows(float* from, nint across)
    {
        Sse.Prefetch0(from);
        Sse.Prefetch0(from + across);
        Sse.Prefetch0(from + 2 * across);
        Sse.Prefetch0(from + 3 * across);
    }

    static void Rest(float* from, nint across, nint along, int firstLane, int valid, int firstDepth, int depth,
        float* to, int lanes)
    {
        if (firstLane == lanes) return;
        for (int i = firstDepth; i < depth; i++)
        {
            float* element = from + i * along + firstLane * across;
            float* row = to + (nint)i * lanes;
            for (int j = firstLane; j < valid; j++, element += across) row[j] = *element;
            for (int j = valid; j < lanes; j++) row[j] = 0;
        }
    }
}
