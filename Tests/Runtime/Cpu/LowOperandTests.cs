using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Products of operands of fewer bits: bit for bit those of the numbers they hold.</summary>
public sealed unsafe class LowOperandTests
{
    /// <summary>Keeps what an epilogue sees, for results whose tiles stay with their thread.</summary>
    struct Keep : IGemmEpilogue
    {
        public float* to;
        public nint row;

        public readonly void Apply(float* tile, nint tileStride, int outer, int inner, int first, int column, int rows, int columns)
        {
            for (int r = 0; r < rows; r++)
                new Span<float>(tile + r * tileStride, columns).CopyTo(new Span<float>(to + (first + r) * row + column, columns));
        }
    }

    public static TheoryData<int, int, int, bool, bool, MatrixType> Cases
    {
        get
        {
            var data = new TheoryData<int, int, int, bool, bool, MatrixType>();
            foreach ((int m, int n, int k) in new[] { (1, 1, 1), (3, 70, 33), (25, 65, 17), (150, 530, 400), (16, 200, 700), (33, 16, 16) })
                foreach (bool a in new[] { false, true })
                    foreach (bool b in new[] { false, true })
                        foreach (MatrixType type in new[] { MatrixType.BFloat16, MatrixType.Float16, MatrixType.TensorFloat32 }) data.Add(m, n, k, a, b, type);
            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Products_AreThoseOfTheNumbersHeld(int m, int n, int k, bool isATransposed, bool isBTransposed, MatrixType type)
    {
        float[] x = Draw.Reals(m * k, 1), y = Draw.Reals(k * n, 2), expected = new float[m * n], actual = new float[m * n];
        ushort[] lowX = [.. x.Select(v => Low(v, type))], lowY = [.. y.Select(v => Low(v, type))];
        float[] heldX = [.. x.Select((v, i) => Held(v, lowX[i], type))], heldY = [.. y.Select((v, i) => Held(v, lowY[i], type))];
        fixed (float* px = x, py = y, hx = heldX, hy = heldY, e = expected, to = actual)
        fixed (ushort* lx = lowX, ly = lowY)
        {
            MatrixView View(float* wide, ushort* low, int rows, int columns, bool transposed)
            {
                (nint row, nint column) = transposed ? (1, rows) : (columns, (nint)1);
                return type switch
                {
                    MatrixType.BFloat16 => new MatrixView { BFloat16Data = (BFloat16*)low, Row = row, Column = column },
                    MatrixType.Float16 => new MatrixView { Float16Data = (Half*)low, Row = row, Column = column },
                    _ => new MatrixView { TensorFloat32Data = wide, Row = row, Column = column },
                };
            }
            MatrixView a = View(px, lx, m, k, isATransposed), b = View(py, ly, k, n, isBTransposed);
            MatrixView plainA = new(hx, 0, 0, a.Row, a.Column), plainB = new(hy, 0, 0, b.Row, b.Column);
            Gemm.Multiply(Pools.Two, 1, 1, m, n, k, a, b, new MatrixView { Row = n, Column = 1 }, new Keep { to = to, row = n });
            Gemm.Multiply(Pools.Two, 1, 1, m, n, k, plainA, plainB, new MatrixView(e, 0, 0, n, 1), default(NoEpilogue));
        }
        for (int i = 0; i < expected.Length; i++) Assert.InRange(actual[i], expected[i] - k * 1e-6f, expected[i] + k * 1e-6f);
    }

    static ushort Low(float value, MatrixType type) =>
        type == MatrixType.BFloat16 ? ((BFloat16)value).Bits : BitConverter.HalfToUInt16Bits((Half)value);

    static float Held(float value, ushort low, MatrixType type) => type switch
    {
        MatrixType.BFloat16 => (float)new BFloat16(low),
        MatrixType.Float16 => (float)BitConverter.UInt16BitsToHalf(low),
        _ => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) + 0x1000 & ~0x1FFF),
    };
}
