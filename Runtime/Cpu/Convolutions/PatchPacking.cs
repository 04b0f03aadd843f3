using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>Packs strips of the patch matrix for the tiles of a matrix product.</summary>
static unsafe class PatchPacking
{
    /// <summary>Most lanes of a tile.</summary>
    const int MostLanes = 32;

    /// <summary>
    /// to[k, lane] = P[first + k, position + lane]: lanes are positions, k runs over channels and taps.
    /// </summary>
    /// <param name="planes">Staged, from the channel of <paramref name="first"/> on.</param>
    /// <param name="taps">[taps]; their offsets.</param>
    /// <param name="stretch">Positions that are staged.</param>
    /// <param name="first">Row of P inside the first staged channel.</param>
    /// <param name="depth">Rows of P.</param>
    /// <param name="position">The first lane's position in the stretch.</param>
    /// <param name="valid">Lanes that exist; the others are 0.</param>
    /// <param name="to">[depth, lanes].</param>
    /// <param name="lanes">Lanes of a tile.</param>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Positions(in PatchPlanes planes, ReadOnlySpan<nint> taps, in PatchStretch stretch, int first,
        int depth, int position, int valid, float* to, int lanes)
    {
        nint* offsets = stackalloc nint[MostLanes];
        int* counts = stackalloc int[MostLanes];
        int segments = 0;
        bool areEqual = valid == lanes;
        for (int lane = 0; lane < valid; segments++)
        {
            (int image, int place) = Math.DivRem(position + lane, stretch.Area);
            (int y, int x) = Math.DivRem(place, stretch.Columns);
            offsets[segments] = image * planes.Image + y * planes.Row + x;
            counts[segments] = Math.Min(stretch.Columns - x, valid - lane);
            areEqual &= counts[segments] == counts[0];
            lane += counts[segments];
        }
        int width = areEqual ? counts[0] : 0;
        float* channel = planes.Data + first / taps.Length * planes.Channel;
        int t = first % taps.Length;
        for (int k = 0; k < depth; k++, to += lanes)
        {
            float* from = channel + taps[t];
            if (++t == taps.Length)
            {
                t = 0;
                channel += planes.Channel;
            }
            switch (width)
            {
                case 32:
                    Vector512.Load(from + offsets[0]).Store(to);
                    Vector512.Load(from + offsets[0] + 16).Store(to + 16);
                    break;
                case 16:
                    for (int s = 0; s < segments; s++) Vector512.Load(from + offsets[s]).Store(to + 16 * s);
                    break;
                case 8:
                    for (int s = 0; s < segments; s++) Vector256.Load(from + offsets[s]).Store(to + 8 * s);
                    break;
                case 4:
                    for (int s = 0; s < segments; s++) Vector128.Load(from + offsets[s]).Store(to + 4 * s);
                    break;
                default:
                    int lane = 0;
                    for (int s = 0; s < segments; s++)
                    {
                        Copy(from + offsets[s], to + lane, counts[s]);
                        lane += counts[s];
                    }
                    for (; lane < lanes; lane++) to[lane] = 0;
                    break;
            }
        }
    }

    /// <summary>
    /// to[position, lane] = P[first + lane, position]: lanes are channels and taps, k runs over positions.
    /// </summary>
    /// <param name="planes">Staged, from the channel of <paramref name="first"/> on.</param>
    /// <param name="taps">[taps]; their offsets.</param>
    /// <param name="stretch">Positions, all of which are packed.</param>
    /// <param name="first">Row of P inside the first staged channel.</param>
    /// <param name="valid">Lanes that exist; the others are 0.</param>
    /// <param name="to">[positions, lanes].</param>
    /// <param name="lanes">Lanes of a tile.</param>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(in PatchPlanes planes, ReadOnlySpan<nint> taps, in PatchStretch stretch, int first,
        int valid, float* to, int lanes)
    {
        float** rows = stackalloc float*[MostLanes];
        for (int lane = 0; lane < valid; lane++)
        {
            (int channel, int tap) = Math.DivRem(first + lane, taps.Length);
            rows[lane] = planes.Data + channel * planes.Channel + taps[tap];
        }
        for (int image = 0; image < stretch.Images; image++)
            for (int y = 0; y < stretch.Rows; y++, to += (nint)stretch.Columns * lanes)
                Transpose(rows, image * planes.Image + y * planes.Row, valid, stretch.Columns, to, lanes);
    }

    /// <summary>to[i, lane] = rows[lane][offset + i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose(float** rows, nint offset, int valid, int count, float* to, int lanes)
    {
        int quads = 0, whole = 0;
        if (Sse.IsSupported)
        {
            (quads, whole) = (valid / 4 * 4, count / 4 * 4);
            for (int lane = 0; lane < quads; lane += 4)
            {
                float* a = rows[lane] + offset, b = rows[lane + 1] + offset;
                float* c = rows[lane + 2] + offset, d = rows[lane + 3] + offset;
                float* strip = to + lane;
                for (int i = 0; i < whole; i += 4, strip += 4 * lanes)
                {
                    Vector128<float> r0 = Vector128.Load(a + i), r1 = Vector128.Load(b + i);
                    Vector128<float> r2 = Vector128.Load(c + i), r3 = Vector128.Load(d + i);
                    Vector128<float> low01 = Sse.UnpackLow(r0, r1), low23 = Sse.UnpackLow(r2, r3);
                    Vector128<float> high01 = Sse.UnpackHigh(r0, r1), high23 = Sse.UnpackHigh(r2, r3);
                    Sse.MoveLowToHigh(low01, low23).Store(strip);
                    Sse.MoveHighToLow(low23, low01).Store(strip + lanes);
                    Sse.MoveLowToHigh(high01, high23).Store(strip + 2 * lanes);
                    Sse.MoveHighToLow(high23, high01).Store(strip + 3 * lanes);
                }
            }
        }
        for (int i = 0; i < count; i++)
        {
            float* row = to + (nint)i * lanes;
            for (int lane = i < whole ? quads : 0; lane < valid; lane++) row[lane] = rows[lane][offset + i];
            for (int lane = valid; lane < lanes; lane++) row[lane] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy(float* from, float* to, int count)
    {
        for (; count >= 16; count -= 16, from += 16, to += 16) Vector512.Load(from).Store(to);
        if (count >= 8)
        {
            Vector256.Load(from).Store(to);
            from += 8;
            to += 8;
            count -= 8;
        }
        if (count >= 4)
        {
            Vector128.Load(from).Store(to);
            from += 4;
            to += 4;
            count -= 4;
        }
        for (int i = 0; i < count; i++) to[i] = from[i];
    }
}
