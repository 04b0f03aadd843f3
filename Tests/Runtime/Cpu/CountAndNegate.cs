using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Counts how often it sees each element of C, and changes its sign: a second visit would change it back.</summary>
public unsafe struct CountAndNegate(MatrixView c, int* visits) : IGemmEpilogue
{
    readonly MatrixView c = c;
    readonly int* visits = visits;      // laid out as C

    public readonly void Apply(float* tile, nint tileStride, int outer, int inner, int row, int column, int rows, int columns)
    {
        float* expected = c.Of(outer, inner) + row * c.Row + column;
        // A wrong place would count elsewhere; a wrong alignment is counted so often that it cannot be missed.
        int count = tile == expected && tileStride == c.Row && column % 16 == 0 && rows > 0 && columns > 0 ? 1 : 1000;
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < columns; j++)
            {
                float* element = tile + r * tileStride + j;
                visits[element - c.Data] += count;
                *element = -*element;
            }
    }
}
