using System;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Products of operands of fewer bits: bit for bit those of the numbers they hold.</summary>
public sealed unsafe class LowOperandTests
{
    const int Outer = 2, Inner = 2;

    /// <summary>Keeps what an epilogue sees, for results whose tiles stay with their thread.</summary>
    struct Keep : IGemmEpilogue
    {
        public float* to;
        public int rows, row;

        public readonly void Apply(float* tile, nint tileStride, int outer, int inner, int first, int column, int rows, int columns)
        {
            float* matrix = to + (nint)(outer * Inner + inner) * this.rows * row;
            for (int r = 0; r < rows; r++)
                new Span<float>(tile + r * tileStride, columns).CopyTo(new Span<float>(matrix + (first + r) * row + column, columns));
        }
    }

    /// <summary>Sizes that leave a part of a vector, of a tile, of a block and of a depth of 384.</summary>
    static readonly (int M, int N, int K)[] Sizes = [(1, 1, 1), (3, 70, 33), (25, 65, 17), (5, 40, 400), (16, 200, 70), (33, 16, 16)];

    /// <summary>Not where there are no vector instructions: a product then takes fifty times as long.</summary>
    static readonly (int M, int N, int K)[] Large = ProcessorLevelTests.Current == ProcessorLevel.Scalar ? [(13, 130, 400)] : [(150, 530, 400), (16, 200, 700)];

    public static TheoryData<MatrixType, MatrixType> Types =>
        new MatrixTheoryData<MatrixType, MatrixType>(Enum.GetValues<MatrixType>(), Enum.GetValues<MatrixType>());

    [Theory, MemberData(nameof(Types))]
    public void Products_AreThoseOfTheNumbersHeld(MatrixType left, MatrixType right)
    {
        foreach ((int m, int n, int k) in Sizes)
            for (int turned = 0; turned < 4; turned++)
                Check(m, n, k, left, right, (turned & 1) != 0, (turned & 2) != 0);
    }

    [Fact]
    public void SizesThatAreCut_HaveTheBitsOfTheNumbersHeld()
    {
        foreach ((int m, int n, int k) in Large)
            for (int turned = 0; turned < 4; turned++)
                Check(m, n, k, MatrixType.BFloat16, MatrixType.Float8E5M2, (turned & 1) != 0, (turned & 2) != 0);
    }

    static void Check(int m, int n, int k, MatrixType left, MatrixType right, bool isATurned, bool isBTurned)
    {
        // Every A is another one; B is shared along the inner axis.
        int matrices = Outer * Inner;
        float[] x = Draw.Reals(matrices * m * k, 1), y = Draw.Reals(Outer * k * n, 2);
        float[] expected = new float[matrices * m * n], actual = new float[matrices * m * n];
        float scaleX = ScaleOf(left, 3.7f), scaleY = ScaleOf(right, 0.3f);
        byte[] lowX = Stored(x, left, scaleX), lowY = Stored(y, right, scaleY);
        float[] heldX = Held(lowX, left, scaleX), heldY = Held(lowY, right, scaleY);
        fixed (float* hx = heldX, hy = heldY, e = expected, to = actual)
        fixed (byte* lx = lowX, ly = lowY)
        {
            MatrixView none = new() { Row = n, Column = 1 };
            MatrixView a = View((float*)lx, left, &scaleX, m, k, isATurned) with { Outer = Inner * m * k, Inner = m * k };
            MatrixView b = View((float*)ly, right, &scaleY, k, n, isBTurned) with { Outer = k * n };
            Gemm.Multiply(Pools.Two, Outer, Inner, m, n, k, a, b, none, new Keep { to = to, rows = m, row = n });
            // Without memory for C both go the same way, whose sums GemmTests compares with double.
            MatrixView plainA = a with { Data = hx, Type = MatrixType.Float32 }, plainB = b with { Data = hy, Type = MatrixType.Float32 };
            Gemm.Multiply(Pools.One, Outer, Inner, m, n, k, plainA, plainB, none, new Keep { to = e, rows = m, row = n });
        }
        for (int i = 0; i < expected.Length; i++)
            if (expected[i] != actual[i])
                Assert.Fail($"[{m}, {k}] {left} {isATurned} · [{k}, {n}] {right} {isBTurned}: element {i} is {actual[i]:g9}, expected {expected[i]:g9}");
        Assert.Contains(expected, e => e != 0);
    }

    static MatrixView View(float* data, MatrixType type, float* scale, int rows, int columns, bool isTurned) => new()
    {
        Data = data, Type = type, Row = isTurned ? 1 : columns, Column = isTurned ? rows : 1,
        Scale = IsScaled(type) ? scale : null,
    };

    static bool IsScaled(MatrixType type) => type is MatrixType.Float8E4M3 or MatrixType.Float8E5M2;

    static float ScaleOf(MatrixType type, float scale) => IsScaled(type) ? scale : 1;

    static PlainFormat FormatOf(MatrixType type) => type switch
    {
        MatrixType.BFloat16 => PlainFormat.BFloat16,
        MatrixType.Float16 => PlainFormat.Float16,
        MatrixType.Float8E4M3 => PlainFormat.Float8E4M3,
        _ => PlainFormat.Float8E5M2,
    };

    static byte[] Stored(float[] numbers, MatrixType type, float scale) => type is MatrixType.Float32 or MatrixType.TensorFloat32
        ? [.. numbers.SelectMany(BitConverter.GetBytes)]
        : IsScaled(type) ? [.. numbers.Select(x => (byte)FormatOf(type).Encode(x * scale))]
        : [.. numbers.SelectMany(x => BitConverter.GetBytes((ushort)FormatOf(type).Encode(x)))];

    static float[] Held(byte[] stored, MatrixType type, float scale) => type switch
    {
        MatrixType.Float32 => [.. stored.Chunk(4).Select(b => BitConverter.ToSingle(b))],
        MatrixType.TensorFloat32 => [.. stored.Chunk(4).Select(b => BitConverter.Int32BitsToSingle(BitConverter.ToInt32(b) + 0x1000 & ~0x1FFF))],
        MatrixType.BFloat16 or MatrixType.Float16 => [.. stored.Chunk(2).Select(b => FormatOf(type).Decode(BitConverter.ToUInt16(b)))],
        _ => [.. stored.Select(b => FormatOf(type).Decode(b) * (1 / scale))],
    };
}
