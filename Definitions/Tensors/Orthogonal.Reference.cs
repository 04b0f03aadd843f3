using System;

namespace ModelCompiler;

/// <summary>Random orthogonal matrices, as initial numbers of a parameter.</summary>
static class Orthogonal
{
    /// <summary>
    /// Rows, or where there are more rows than columns the columns, that are orthogonal and of equal length. Source:
    /// Saxe, McClelland and Ganguli, Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Networks
    /// (2014). By Gram's and Schmidt's method, each vector twice, which takes time with the shorter side squared times
    /// the longer one.
    /// </summary>
    /// <param name="normal">[rows, columns]; normally distributed, so that every direction is as likely.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="gain">The length of each orthogonal vector.</param>
    public static double[] Matrix(double[] normal, int columns, double gain)
    {
        int rows = normal.Length / columns;
        (int count, int length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        // Vectors lie one after another, whichever way they stand in the matrix.
        var vectors = new double[count][];
        for (int v = 0; v < count; v++)
        {
            vectors[v] = new double[length];
            for (int i = 0; i < length; i++)
                vectors[v][i] = normal[rows <= columns ? v * columns + i : i * columns + v];
            for (int pass = 0; pass < 2; pass++)
                for (int other = 0; other < v; other++)
                    Add(vectors[v], -Dot(vectors[v], vectors[other]), vectors[other]);
            double norm = Math.Sqrt(Dot(vectors[v], vectors[v]));
            for (int i = 0; i < length; i++) vectors[v][i] /= norm;
        }
        var matrix = new double[normal.Length];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                matrix[r * columns + c] = gain * (rows <= columns ? vectors[r][c] : vectors[c][r]);
        return matrix;
    }

    static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    static void Add(double[] to, double factor, double[] vector)
    {
        for (int i = 0; i < to.Length; i++) to[i] += factor * vector[i];
    }
}
