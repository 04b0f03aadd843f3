using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <content>Operands that are no fp32: they are converted on the way, so that tiles multiply fp32 alone.</content>
static unsafe partial class Packing
{
    /// <summary>As the one for fp32, of elements of any type.</summary>
    /// <param name="from">The first strip's first element.</param>
    /// <param name="matrix">Whose elements they are.</param>
    /// <param name="across">Elements from one lane to the next.</param>
    /// <param name="along">Elements from one k to the next.</param>
    /// <param name="valid">Lanes of all strips together that exist.</param>
    /// <param name="depth">Length of the strips.</param>
    /// <param name="to">[strips, depth, lanes].</param>
    /// <param name="lanes">Lanes of a tile.</param>
    public static void Strips(byte* from, in MatrixView matrix, nint across, nint along, int valid, int depth,
        float* to, int lanes)
    {
        float factor = matrix.Scale is null ? 1 : 1 / *matrix.Scale;
        switch (matrix.Type)
        {
            case MatrixType.Float32:
                Strips((float*)from, across, along, valid, depth, to, lanes);
                break;
            case MatrixType.TensorFloat32:
                Converted<TensorFloat32Elements>(from, across, along, valid, depth, to, lanes, factor);
                break;
            case MatrixType.BFloat16:
                Converted<BFloat16Elements>(from, across, along, valid, depth, to, lanes, factor);
                break;
            case MatrixType.Float16:
                Converted<HalfElements>(from, across, along, valid, depth, to, lanes, factor);
                break;
            case MatrixType.Float8E4M3:
                Converted<E4M3Elements>(from, across, along, valid, depth, to, lanes, factor);
                break;
            default:
                Converted<E5M2Elements>(from, across, along, valid, depth, to, lanes, factor);
                break;
        }
    }

    [SkipLocalsInit]
    static void Converted<T>(byte* from, nint across, nint along, int valid, int depth, float* to, int lanes,
        float factor) where T : struct, IElements
    {
        float* rows = PackingBuffers.OfThread.Staging;
        for (int lane = 0; lane < valid; lane += lanes, to += (nint)depth * lanes)
        {
            int count = Math.Min(lanes, valid - lane);
            byte* strip = from + lane * across * T.Size;
            if (across == 1) Across<T>(strip, along, count, depth, to, lanes, factor);
            else
            {
                // Rows of fp32 first, which then turn as fp32 does.
                for (int j = 0; j < count; j++) Row<T>(strip + j * across * T.Size, along, depth, rows + j * depth,
                    factor);
                Strip(rows, depth, 1, count, depth, to, lanes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Across<T>(byte* from, nint along, int count, int depth, float* to, int lanes,
        float factor) where T : struct, IElements
    {
        var by = Vector512.Create(factor);
        for (int i = 0; i < depth; i++, from += along * T.Size, to += lanes)
        {
            int j = 0;
            for (; j + 16 <= count; j += 16) (T.Load(from + j * T.Size) * by).Store(to + j);
            for (; j < lanes; j += 16)
                Vectors.StorePartial(to + j, T.LoadPartial(from + j * T.Size, Math.Clamp(count - j, 0, 16)) * by,
                    Math.Min(16, lanes - j));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Row<T>(byte* from, nint along, int depth, float* to, float factor) where T : struct, IElements
    {
        int i = 0;
        var by = Vector512.Create(factor);
        if (along == 1)
        {
            for (; i + 16 <= depth; i += 16) (T.Load(from + i * T.Size) * by).Store(to + i);
            if (i < depth)
                Vectors.StorePartial(to + i, T.LoadPartial(from + i * T.Size, depth - i) * by, depth - i);
            return;
        }
        for (; i < depth; i += 16)
        {
            int count = Math.Min(16, depth - i);
            Vectors.StorePartial(to + i, T.LoadStrided(from + i * along * T.Size, along, count) * by, count);
        }
    }

    /// <summary>Elements of one type in memory, 16 at a time as fp32.</summary>
    interface IElements
    {
        /// <summary>Bytes of one.</summary>
        static abstract int Size { get; }

        static abstract Vector512<float> Load(byte* from);

        static abstract Vector512<float> LoadPartial(byte* from, int count);

        static abstract Vector512<float> LoadStrided(byte* from, nint stride, int count);
    }

    struct BFloat16Elements : IElements
    {
        public static int Size => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load(byte* from) => Lanes.Load((BFloat16*)from);

        public static Vector512<float> LoadPartial(byte* from, int count) => Lanes.LoadPartial((BFloat16*)from, count);

        public static Vector512<float> LoadStrided(byte* from, nint stride, int count) =>
            Lanes.LoadStrided((BFloat16*)from, stride, count);
    }

    struct HalfElements : IElements
    {
        public static int Size => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load(byte* from) => Lanes.Load((Half*)from);

        public static Vector512<float> LoadPartial(byte* from, int count) => Lanes.LoadPartial((Half*)from, count);

        public static Vector512<float> LoadStrided(byte* from, nint stride, int count) =>
            Lanes.LoadStrided((Half*)from, stride, count);
    }

    struct E4M3Elements : IElements
    {
        public static int Size => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load(byte* from) => Lanes.Load((Float8E4M3*)from);

        public static Vector512<float> LoadPartial(byte* from, int count) =>
            Lanes.LoadPartial((Float8E4M3*)from, count);

        public static Vector512<float> LoadStrided(byte* from, nint stride, int count) =>
            Lanes.LoadStrided((Float8E4M3*)from, stride, count);
    }

    struct E5M2Elements : IElements
    {
        public static int Size => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load(byte* from) => Lanes.Load((Float8E5M2*)from);

        public static Vector512<float> LoadPartial(byte* from, int count) =>
            Lanes.LoadPartial((Float8E5M2*)from, count);

        public static Vector512<float> LoadStrided(byte* from, nint stride, int count) =>
            Lanes.LoadStrided((Float8E5M2*)from, stride, count);
    }

    struct TensorFloat32Elements : IElements
    {
        public static int Size => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load(byte* from) =>
            Lanes.RoundToTensorFloat32(Vector512.Load((float*)from));

        public static Vector512<float> LoadPartial(byte* from, int count) =>
            Lanes.RoundToTensorFloat32(Vectors.LoadPartial((float*)from, count));

        public static Vector512<float> LoadStrided(byte* from, nint stride, int count) =>
            Lanes.RoundToTensorFloat32(Lanes.LoadStrided((float*)from, stride, count));
    }
}
